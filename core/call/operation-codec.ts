import type { Output } from "../bytes/output.ts";
import type { Codec, CodecLimits, CompiledCodec } from "../codec.ts";
import { callShape } from "../contract/call-shape.ts";
import { type ContractDescriptor, type MethodDescriptor, struct } from "../contract/contract.ts";
import type { ContractLimits } from "../contract/limits.ts";
import { tooLarge } from "../contract/malformed.ts";
import { Memo } from "../memo.ts";
import { Comparison } from "../type/compat.ts";
import type { ErrorType, StructType } from "../type/type.ts";
import { type Pack, packer, packResult, type Unpack, unpacker, unpackResult } from "./arguments.ts";
import { CallbackCodec } from "./callback-codec.ts";
import type { Place } from "./place.ts";
import { deliverySharing, type Sharing } from "./sharing.ts";

/** A declared error: its class on this side, and its fields as a message. */
export interface DeclaredError {
  readonly type: ErrorType;
  readonly codec: CompiledCodec;
}

export interface OperationSides {
  readonly codec: Codec;
  readonly limits: CodecLimits & Pick<ContractLimits, "maxContractFields">;
  /** Whether this side calls: then it writes requests and reads results, else the other way round. */
  readonly calls: boolean;
  /** The operations of the other side's contract, where it differs from ours. */
  readonly foreign: readonly MethodDescriptor[] | undefined;
}

interface Agreeing extends OperationSides {
  /** By their names. */
  readonly theirs: ReadonlyMap<string, MethodDescriptor> | undefined;
  readonly comparison: Comparison;
}

interface Messages {
  readonly request: CompiledCodec;
  readonly response: CompiledCodec;
  readonly upstream: CompiledCodec | undefined;
  readonly callbacks: readonly CallbackCodec[];
  readonly errors: ReadonlyMap<string, DeclaredError>;
}

/**
 * One method with one codec: between what is called with and what crosses a wire, for one side of it. What is encoded is
 * written at `out.position`; an error of encoding leaves bytes behind, which whoever began the message takes back. What is
 * decoded is exactly `start` to `end`. Both throw the error that says what does not fit.
 */
export class OperationCodec implements Place {
  readonly service: string;
  readonly method: MethodDescriptor;
  readonly callbacks: readonly CallbackCodec[];
  /** By the name of the declared error. */
  readonly errors: ReadonlyMap<string, DeclaredError>;
  /** Set for the deliveries of a topic. */
  readonly sharing: Sharing | undefined;
  readonly #request: CompiledCodec;
  readonly #response: CompiledCodec;
  readonly #upstream: CompiledCodec;
  readonly #pack: Pack;
  readonly #unpack: Unpack;
  readonly #packResult: (value: unknown) => unknown;
  readonly #unpackResult: (record: unknown) => unknown;
  readonly #packItem: (value: unknown) => unknown;
  readonly #unpackItem: (record: unknown) => unknown;

  constructor(place: Place, messages: Messages) {
    const { method } = place;
    this.service = place.service;
    this.method = method;
    this.sharing = deliverySharing(method);
    this.callbacks = messages.callbacks;
    this.errors = messages.errors;
    this.#request = messages.request;
    this.#response = messages.response;
    this.#upstream = messages.upstream ?? messages.request;
    this.#pack = packer(method);
    this.#unpack = unpacker(method);
    this.#packResult = packResult(method.bareResponse, method.response.fields.length === 0);
    this.#unpackResult = unpackResult(method.bareResponse);
    this.#packItem = packResult(method.upstream?.bare ?? true, false);
    this.#unpackItem = unpackResult(method.upstream?.bare ?? true);
  }

  /** The arguments in order. Numbers stand in the places of callbacks; what stands in that of a stream is left out. */
  encodeRequest(args: readonly unknown[], out: Output): void {
    this.#request.encodeInto(this.#pack(args), out);
  }

  decodeRequest(bytes: Uint8Array, start: number, end: number): unknown[] {
    return this.#unpack(this.#request.decode(bytes, start, end));
  }

  /** The result, or one item of a stream of results. */
  encodeResult(value: unknown, out: Output): void {
    this.#response.encodeInto(this.#packResult(value), out);
  }

  decodeResult(bytes: Uint8Array, start: number, end: number): unknown {
    return this.#unpackResult(this.#response.decode(bytes, start, end));
  }

  /** The same for all that write a result to the same bytes: of one codec, one type and the same limits. */
  get resultForm(): object {
    return this.#response;
  }

  /** One item of the stream that the caller passes. */
  encodeItem(value: unknown, out: Output): void {
    this.#upstream.encodeInto(this.#packItem(value), out);
  }

  decodeItem(bytes: Uint8Array, start: number, end: number): unknown {
    return this.#unpackItem(this.#upstream.decode(bytes, start, end));
  }
}

/** How often a contract's fields may be compared, as a multiple of how many it may have: types meet in both directions. */
const COMPARISONS = 8;

/**
 * The operations of a contract, each at its index; `undefined` where the other side has none of that name and shape. Throws
 * where the types of the two sides do not fit.
 */
export function compileOperations(contract: ContractDescriptor, sides: OperationSides): (OperationCodec | undefined)[] {
  const theirs = sides.foreign && new Map(sides.foreign.map((method) => [method.name, method]));
  const agreeing = { ...sides, theirs, comparison: new Comparison(comparisons(sides.limits)) };
  return contract.operations.map((method) => compileOperation({ service: contract.name, method }, agreeing));
}

/** A peer may make few types meet in many pairs: two rings of types of different lengths meet in all of them. */
function comparisons({ maxContractFields }: OperationSides["limits"]): (fields: number, path: string) => void {
  let left = COMPARISONS * maxContractFields;
  return (fields, path) => {
    left -= fields;
    const what = `${COMPARISONS} times as many fields were compared with this side's, up to ${path.slice(0, 200)}`;
    if (left < 0) throw tooLarge("maxContractFields", maxContractFields, what);
  };
}

/** The fields of an error, as a message; one for each error, so that codecs know it again. */
const messages = new Memo<ErrorType, StructType>();

function messageOf(type: ErrorType): StructType {
  return messages.of(type, () => struct(type.name, type.fields));
}

function compileOperation(place: Place, sides: Agreeing): OperationCodec | undefined {
  const { service, method } = place;
  const path = `${service}.${method.name}`;
  const toServer = sides.calls ? "written" : "read";
  const toClient = sides.calls ? "read" : "written";
  const theirs = sides.theirs === undefined ? method : sides.theirs.get(method.name);
  if (theirs === undefined || callShape(theirs) !== callShape(method)) return undefined;
  const errors = method.throws.map((type): [string, DeclaredError] => {
    const other = theirs.throws.find(({ name }) => name === type.name) ?? type;
    return [
      type.name,
      { type, codec: pair(toClient, `${path}: ${type.name}`, [messageOf(type), messageOf(other)], sides) },
    ];
  });
  const upstream = method.upstream?.type;
  return new OperationCodec(place, {
    request: pair(toServer, `${path}: request`, [method.request, theirs.request], sides),
    response: pair(toClient, `${path}: response`, [method.response, theirs.response], sides),
    upstream: upstream && pair(toServer, `${path}: stream`, [upstream, theirs.upstream?.type ?? upstream], sides),
    callbacks: method.callbacks.map((descriptor) => {
      const { name, request, response } = descriptor;
      const other = theirs.callbacks.find((one) => one.name === name) ?? descriptor;
      return new CallbackCodec({ service, method: method.name, callback: name }, descriptor, {
        request: pair(toClient, `${path}.${name}`, [request, other.request], sides),
        response: pair(toServer, `${path}.${name}`, [response, other.response], sides),
      });
    }),
    errors: new Map(errors),
  });
}

/** Of the messages that both sides know alike, by the limits of codecs: for all connections the same. */
const ownForms = new Memo<StructType, Memo<Codec, Map<string, CompiledCodec>>>();

function ownForm(type: StructType, codec: Codec, limits: CodecLimits): CompiledCodec {
  const byLimits = ownForms.of(type, () => new Memo()).of(codec, () => new Map());
  const key = `${limits.maxDepth} ${limits.maxMemoryBytes}`;
  let form = byLimits.get(key);
  if (form === undefined) {
    form = codec.compile(type, type, { limits });
    byLimits.set(key, form);
  }
  return form;
}

/** A message that only we write, or only we read; where the peer has another version of it, it is matched by name. */
function pair(
  direction: "written" | "read",
  path: string,
  [mine, theirs]: readonly [StructType, StructType],
  { codec, limits, comparison }: Agreeing,
): CompiledCodec {
  const own = ownForm(mine, codec, limits);
  if (mine === theirs) return own;
  if (direction === "written") {
    comparison.check(mine, theirs, path);
    return own;
  }
  comparison.check(theirs, mine, path);
  return codec.compile(theirs, mine, { limits, foreign: true });
}
