import { Output } from "../../../core/bytes/output.ts";
import type { Codec } from "../../../core/codec.ts";
import type { StructType } from "../../../core/type/type.ts";
import type { Contender } from "../contender.ts";

const slabBytes = 32_768;
/** Less room than this is left for a fresh slab. */
const spareBytes = 512;
/** From here on an ArrayBuffer of its own costs less than what a slab wastes. */
const ownBufferBytes = 4096;

/**
 * The codec as a user gets it, limits and validation on. Small messages are handed out where they were written, a part
 * of a slab that nobody writes again, as Node's own pool and msgpackr do; others are copied.
 */
export function trunkline(codec: Codec, written: (type: StructType) => StructType = (type) => type): Contender {
  return {
    prepare(type) {
      const writer = codec.compile(written(type), written(type));
      const reader = codec.compile(type, type);
      let out = new Output(slabBytes);
      return {
        encode(value) {
          writer.encodeInto(value, out);
          const { buffer, start, position } = out;
          const bytes = buffer.subarray(start, position);
          if (position - start >= ownBufferBytes) {
            out.position = start;
            return new Uint8Array(bytes);
          }
          out.start = position;
          if (buffer.length - position < spareBytes) out = new Output(slabBytes);
          return bytes;
        },
        decode: (bytes) => reader.decode(bytes, 0, bytes.length),
      };
    },
  };
}
