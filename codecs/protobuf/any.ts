import { messageBytes } from "../../core/bytes/output.ts";
import type { CompiledCodec } from "../../core/codec.ts";
import { Memo } from "../../core/memo.ts";
import { t } from "../../core/schema/t.ts";
import type { Infer, InferInput, PackedMessage, StructFor, StructType } from "../../core/type/type.ts";
import { typeNameIn } from "../../core/type/well-known-json.ts";
import { protobuf } from "./codec.ts";
import { wellKnownTypes } from "./well-known-types.ts";

/** A message of some type, as bytes of Protobuf. `pack` makes one, and `unpack` takes it apart. */
export interface PackedAny {
  /** The name of the type behind the last slash: `type.googleapis.com/shop.Order`. */
  typeUrl: string;
  value: Uint8Array;
}
/** The type google.protobuf.Any. */
export interface AnyType extends StructFor<PackedAny> {}

const TYPE_PREFIX = "type.googleapis.com/";
const ANY = "google.protobuf.Any";
const codecs = new Memo<StructType, CompiledCodec>();

/**
 * google.protobuf.Any. Every codec carries whatever it holds; JSON, which has to show it, only messages of `types` and those of
 * google.protobuf. They are asked for on first use, so that they may contain the type that is made here.
 * @example const Any: AnyType = anyOf(() => [Order, Item])
 */
export function anyOf(types: () => readonly StructType[] = () => []): AnyType {
  let known: ReadonlyMap<string, PackedMessage> | undefined;
  const packed = (name: string): PackedMessage | undefined => {
    known ??= new Map(
      [...wellKnownTypes.values(), any as StructType, ...types()].map((type) => [type.name, messageOf(type)]),
    );
    return known.get(name);
  };
  const members = Object.getOwnPropertyDescriptors(t.struct(ANY, { typeUrl: t.string, value: t.bytes }));
  const any = Object.freeze(Object.defineProperties({}, { ...members, packed: { value: packed } })) as AnyType;
  return any;
}

/** A value as a google.protobuf.Any. Throws `INVALID_ARGUMENT` where it does not fit the type. */
export function pack<T extends StructType>(type: T, value: InferInput<T>): PackedAny {
  return { typeUrl: TYPE_PREFIX + type.name, value: messageOf(type).encode(value) };
}

/** What a google.protobuf.Any holds, if that is of the type. Throws `INVALID_ARGUMENT` for bytes that are no such message. */
export function unpack<T extends StructType>(type: T, { typeUrl, value }: PackedAny): Infer<T> | undefined {
  return typeNameIn(typeUrl) === type.name ? (messageOf(type).decode(value) as Infer<T>) : undefined;
}

function messageOf(type: StructType): PackedMessage {
  const codec = (): CompiledCodec => codecs.of(type, () => protobuf().compile(type, type));
  return {
    type,
    encode: (value) => messageBytes(Number.POSITIVE_INFINITY, (out) => codec().encodeInto(value, out)),
    decode: (bytes) => codec().decode(bytes, 0, bytes.length),
  };
}
