import type { Output } from "../bytes/output.ts";
import { readUtf8 } from "../bytes/text.ts";
import { RpcError } from "../error.ts";
import { createMetadata, type Metadata, type MetadataInput, metadataJson } from "../metadata.ts";
import { readU16, writeU16 } from "./frame.ts";
import { protocolError } from "./protocol-error.ts";

/** Metadata of one message is at most this long as JSON, because its length is a u16. */
const MAX_METADATA_BYTES = 65_535;
/** The most bytes that JSON makes of one UTF-16 unit of metadata, and of a pair besides its texts. */
const MAX_BYTES_PER_UNIT = 3;
const BYTES_PER_PAIR = 6;
const encoder = new TextEncoder();

/** metadata = length:u16 json; of a name with several texts a list */
export function writeMetadata(out: Output, metadata: Metadata): void {
  out.ensure(2);
  const at = out.position - out.start;
  out.position += 2;
  const length = out.writeUtf8(JSON.stringify(metadataJson(metadata)));
  if (length > MAX_METADATA_BYTES) throw tooLong(length);
  writeU16(out.buffer, out.start + at, length);
}

/** The same limit where nothing is written: what one transport carries every other does, too. */
export function checkMetadataSize(metadata: Metadata): void {
  let most = 0;
  for (const key in metadata) {
    most += BYTES_PER_PAIR + MAX_BYTES_PER_UNIT * (key.length + (metadata[key] as string).length);
  }
  if (most <= MAX_METADATA_BYTES) return;
  const { length } = encoder.encode(JSON.stringify(metadataJson(metadata)));
  if (length > MAX_METADATA_BYTES) throw tooLong(length);
}

function tooLong(length: number): RpcError {
  return new RpcError({
    code: "RESOURCE_EXHAUSTED",
    message: `metadata: ${length} bytes; ${MAX_METADATA_BYTES} is the most`,
  });
}

/** Where the metadata that begins at `start` ends. */
export function metadataEnd(bytes: Uint8Array, start: number, end: number): number {
  const stop = start + 2 + (start + 2 <= end ? readU16(bytes, start) : end);
  if (stop > end) throw protocolError("metadata is longer than its frame");
  return stop;
}

/** Throws what the call fails by where it is malformed: the frame around it is sound, so the connection is, too. */
export function readMetadata(bytes: Uint8Array, start: number, end: number): Metadata {
  try {
    return createMetadata(JSON.parse(readUtf8(bytes, start + 2, end)) as MetadataInput);
  } catch (error) {
    const reason = error instanceof SyntaxError ? "metadata: is not JSON" : (error as Error).message;
    throw new RpcError({ code: "INVALID_ARGUMENT", message: `the call cannot be read: ${reason}` });
  }
}
