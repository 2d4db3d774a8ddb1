import { Output } from "../../core/bytes/output.ts";
import { compileOperations, type OperationCodec } from "../../core/call/operation-codec.ts";
import { type Codec, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import type { Crossing, ValueCrossing } from "./crossing.ts";

/** Between two sides of which each has types of its own: by the bytes that would cross a wire. */
export function codedOperations(
  mine: ContractDescriptor,
  theirs: ContractDescriptor,
  codec: Codec,
): (ValueCrossing | undefined)[] {
  const sides = { codec, limits: { ...defaultCodecLimits, maxContractFields: Number.POSITIVE_INFINITY } };
  const writing = compileOperations(mine, { ...sides, calls: true, foreign: theirs.operations });
  const reading = compileOperations(theirs, { ...sides, calls: false, foreign: mine.operations });
  const byName = new Map(reading.map((one) => [one?.method.name, one]));
  return writing.map((client, i) => {
    const server = byName.get(mine.operations[i]?.name);
    return client && server && coded(client, server);
  });
}

function coded(client: OperationCodec, server: OperationCodec): ValueCrossing {
  return {
    request: through(
      (args: readonly unknown[], out) => client.encodeRequest(args, out),
      (bytes, end) => server.decodeRequest(bytes, 0, end),
    ),
    result: through(
      (value, out) => server.encodeResult(value, out),
      (bytes, end) => client.decodeResult(bytes, 0, end),
    ),
    item: through(
      (value, out) => client.encodeItem(value, out),
      (bytes, end) => server.decodeItem(bytes, 0, end),
    ),
    callbacks: client.callbacks.flatMap((mine) => {
      const other = server.callbacks.find(({ name }) => name === mine.name);
      if (other === undefined) return [];
      const { name, position, place, bareResponse } = mine;
      const request = through(
        (args: readonly unknown[], out) => other.encodeArguments(args, out),
        (bytes, end) => mine.decodeArguments(bytes, 0, end),
      );
      const result = through(
        (value, out) => mine.encodeResult(value, out),
        (bytes, end) => other.decodeResult(bytes, 0, end),
      );
      return [{ name, position, place, bareResponse, request, result }];
    }),
    errors: new Map(
      [...client.errors].flatMap(([name, { type, codec }]) => {
        const written = server.errors.get(name)?.codec;
        return written === undefined ? [] : [[name, { type, copy: copyThrough(written, codec) }] as const];
      }),
    ),
  };
}

function copyThrough(writing: CompiledCodec, reading: CompiledCodec): Crossing {
  return through(
    (value, out) => writing.encodeInto(value, out),
    (bytes, end) => reading.decode(bytes, 0, end),
  );
}

function through<V, R>(
  encode: (value: V, out: Output) => void,
  decode: (bytes: Uint8Array, end: number) => R,
): (value: V) => R {
  return (value) => {
    const out = new Output();
    out.begin(Number.POSITIVE_INFINITY);
    encode(value, out);
    return decode(out.buffer, out.position);
  };
}
