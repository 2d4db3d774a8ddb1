import type { Codec, CompiledCodec } from "../codec.ts";
import { withoutCode } from "../compile/generation.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import type { Field } from "../type/type.ts";

/**
 * A codec for a contract that a server told: its types came over a wire, so that none of them may become code. The same is done
 * by closures, slower. Other types, as those of a server in this process, are compiled as ever.
 */
export function toldCodec(codec: Codec, contract: ContractDescriptor): Codec {
  const told = messagesOf(contract);
  return Object.freeze({
    ...codec,
    compile(writer, reader, options): CompiledCodec {
      const inner = codec.compile(writer, reader, options);
      if (!told.has(reader.fields)) return inner;
      // Around each call, since a codec may compile what it needs when it first meets it.
      return Object.freeze({
        encodeInto: (value, out) => withoutCode(() => inner.encodeInto(value, out)),
        decode: (bytes, start, end) => withoutCode(() => inner.decode(bytes, start, end)),
      } satisfies CompiledCodec);
    },
  } satisfies Codec);
}

/** What crosses the wire, each known by its fields, which an error and its message share. */
function messagesOf({ operations }: ContractDescriptor): ReadonlySet<readonly Field[]> {
  return new Set(
    operations
      // The messages of those without types are everybody's.
      .filter(({ untyped }) => !untyped)
      .flatMap(({ request, response, upstream, callbacks, throws }) => [
        ...[request, response, ...throws, ...(upstream === undefined ? [] : [upstream.type])],
        ...callbacks.flatMap((callback) => [callback.request, callback.response]),
      ])
      .map(({ fields }) => fields),
  );
}
