import type * as ZlibModule from "node:zlib";
import { RpcError } from "../../core/error.ts";
import { overLimit } from "./envelope.ts";

/** One encoding of content, by its name in HTTP. */
export interface Compression {
  readonly name: string;
  compress(bytes: Uint8Array): Uint8Array;
  /** Throws where the bytes are none of this encoding, and as soon as more than `maxBytes` come out: a bomb. */
  decompress(bytes: Uint8Array, maxBytes: number): Uint8Array;
}

type Coder = (bytes: Uint8Array, options?: { readonly maxOutputLength?: number }) => Uint8Array;
type Zlib = Omit<typeof ZlibModule, "zstdCompressSync" | "zstdDecompressSync"> & {
  readonly zstdCompressSync?: Coder;
  readonly zstdDecompressSync?: Coder;
};

/** Node's, Bun's and Deno's; without it, as in some workers, nothing is compressed. Asked for so, no bundler looks for it. */
const zlib = (globalThis as { process?: { getBuiltinModule?(name: string): unknown } }).process?.getBuiltinModule?.(
  "node:zlib",
) as Zlib | undefined;

/*
 * At once rather than on other threads: messages are bounded and mostly small, for which the way there costs more than the work,
 * and they stay in order.
 */
const all: readonly Compression[] = zlib === undefined ? [] : compressionsOf(zlib);

function compressionsOf(lib: Zlib): Compression[] {
  const { zstdCompressSync, zstdDecompressSync } = lib;
  const brotli = { params: { [lib.constants.BROTLI_PARAM_QUALITY]: 4 } };
  return [
    compression("gzip", (bytes) => lib.gzipSync(bytes), lib.gunzipSync),
    compression("br", (bytes) => lib.brotliCompressSync(bytes, brotli), lib.brotliDecompressSync),
    ...(zstdCompressSync === undefined || zstdDecompressSync === undefined
      ? []
      : [compression("zstd", zstdCompressSync, zstdDecompressSync)]),
    compression("deflate", (bytes) => lib.deflateSync(bytes), lib.inflateSync),
  ];
}

/** What this runtime has: gzip, br and deflate, and zstd from Node 22.15 on. */
export const compressions: ReadonlyMap<string, Compression> = new Map(all.map((one) => [one.name, one]));

function compression(name: string, compress: Coder, decompress: Coder): Compression {
  return {
    name,
    compress,
    decompress(bytes, maxBytes) {
      // An empty message may stand for itself.
      if (bytes.length === 0) return bytes;
      try {
        return decompress(bytes, { maxOutputLength: Math.max(1, maxBytes) });
      } catch (cause) {
        if ((cause as { readonly code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw overLimit(maxBytes);
        const message = `the message is no ${name}: ${(cause as Error).message}`;
        throw new RpcError({ code: "INVALID_ARGUMENT", message, cause });
      }
    },
  };
}
