/*
 * A codec by a third party: CBOR (RFC 8949). It was written from the doc of the `Codec` port, with nothing but what the
 * package's `core` entry exports: outside of this repository the imports below are from `trunkline/core`. It is handed to both
 * sides: `serve({ services, listen, codecs: [cbor()] })` and `connect({ endpoints, codec: cbor() })`.
 */
import { type Codec, checkReadable, defaultCodecLimits, RpcError } from "../../core/index.ts";
import { decoder } from "./decoder.ts";
import { encoder } from "./encoder.ts";

/** CBOR: structs and unions as maps by name, so that any reader of CBOR understands them. */
export function cbor(): Codec {
  return {
    name: "cbor",
    mediaTypes: Object.freeze(["application/cbor"]),
    selfDescribing: true,
    compile(writer, reader, { limits = defaultCodecLimits, foreign = false } = {}) {
      if (!foreign) checkReadable(writer, reader, reader.name);
      return {
        encodeInto: foreign ? refuseForeign : encoder(writer, limits),
        decode: decoder(reader, limits),
      };
    },
  };
}

/** Nobody writes by the type of a peer, and nothing is compiled from it. */
function refuseForeign(): never {
  throw new RpcError({ code: "INTERNAL", message: "a value cannot be written by a type that came from the peer" });
}
