import { codeFromNumber, codes } from "../code.ts";
import { RpcError } from "../error.ts";
import { createMetadata, type Metadata } from "../metadata.ts";
import type { Output } from "../output.ts";
import { readUtf8 } from "../text.ts";
import {
  closeFrame,
  frame,
  HANDSHAKE_BYTES,
  MAGIC,
  MAX_VERSION,
  MIN_VERSION,
  openFrame,
  readU16,
  writeU16,
  writeU32,
} from "./frame.ts";
import type { WireOperation } from "./operation.ts";
import { protocolError } from "./protocol-error.ts";

/** Metadata of one message is at most this long as JSON, because its length is a u16. */
const MAX_METADATA_BYTES = 65_535;

export function writeJson(out: Output, value: unknown): void {
  out.writeUtf8(JSON.stringify(value));
}

/** A limit of the peer, or ours where it names none. */
export function readLimit(value: unknown, ours: number): number {
  return Number.isSafeInteger(value) && (value as number) >= 1 ? Math.min(value as number, ours) : ours;
}

export function readJson(bytes: Uint8Array, start: number, end: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readUtf8(bytes, start, end));
  } catch {
    throw protocolError("a control frame is not JSON");
  }
  if (typeof value !== "object" || value === null) throw protocolError("a control frame is not a JSON object");
  return value as Record<string, unknown>;
}

/** HELLO = "TRNK" minVersion:u8 maxVersion:u8 json */
export function writeHello(out: Output, body: object): void {
  out.begin(HANDSHAKE_BYTES);
  const from = openFrame(out, frame.HELLO, 0, 6);
  writeU32(out.buffer, out.position, MAGIC);
  out.buffer[out.position + 4] = MIN_VERSION;
  out.buffer[out.position + 5] = MAX_VERSION;
  out.position += 6;
  writeJson(out, body);
  closeFrame(out, from);
}

/** metadata = length:u16 json */
export function writeMetadata(out: Output, metadata: Metadata): void {
  out.ensure(2);
  const at = out.position - out.start;
  out.position += 2;
  const length = out.writeUtf8(JSON.stringify(metadata));
  if (length > MAX_METADATA_BYTES) {
    throw new RpcError({
      code: "RESOURCE_EXHAUSTED",
      message: `metadata: ${length} bytes; ${MAX_METADATA_BYTES} is the most`,
    });
  }
  writeU16(out.buffer, out.start + at, length);
}

/** Where the metadata that begins at `start` ends. */
export function metadataEnd(bytes: Uint8Array, start: number, end: number): number {
  const stop = start + 2 + (start + 2 <= end ? readU16(bytes, start) : end);
  if (stop > end) throw protocolError("metadata is longer than its frame");
  return stop;
}

export function readMetadata(bytes: Uint8Array, start: number, end: number): Metadata {
  const value = readJson(bytes, start + 2, end);
  try {
    return createMetadata(value as Record<string, string>);
  } catch {
    throw protocolError("metadata with a key or value that is not allowed");
  }
}

/** A frame of type, callId and nothing else. */
export function writeSignal(out: Output, type: number, callId: number, argument?: number): void {
  out.begin(64);
  const from = openFrame(out, type, 0, 8);
  writeU32(out.buffer, out.position, callId);
  out.position += 4;
  if (argument !== undefined) {
    writeU32(out.buffer, out.position, argument);
    out.position += 4;
  }
  closeFrame(out, from);
}

/** Throws, having written nothing, where the frame would be longer than `maxBytes`. */
export function writeControl(
  out: Output,
  type: number,
  head: readonly number[],
  body: unknown,
  maxBytes = Number.POSITIVE_INFINITY,
): void {
  out.begin(maxBytes);
  try {
    const from = openFrame(out, type, 0, head.length);
    for (const byte of head) out.buffer[out.position++] = byte;
    writeJson(out, body);
    closeFrame(out, from);
  } catch (error) {
    out.rollback();
    throw error;
  }
}

/** ERROR = callId:u32 code:u8 headLength:u16 head payload. What stays here: cause and stack. */
export function writeError(
  out: Output,
  callId: number,
  error: RpcError,
  operation: WireOperation | undefined,
  maxBytes = Number.POSITIVE_INFINITY,
): void {
  const declared = operation?.errors.get(error.name);
  out.begin(maxBytes);
  const from = openFrame(out, frame.ERROR, 0, 7);
  writeU32(out.buffer, out.position, callId);
  out.buffer[out.position + 4] = codes[error.code];
  const at = out.position + 5 - out.start;
  out.position += 7;
  const head: Record<string, unknown> = { message: error.message.slice(0, 8192) };
  if (Object.keys(error.metadata).length > 0) head["metadata"] = error.metadata;
  if (error.retryable) head["retryable"] = true;
  if (declared) head["name"] = declared.type.name;
  if (error.details !== undefined) head["details"] = error.details;
  const length = writeHead(out, head);
  writeU16(out.buffer, out.start + at, length);
  if (declared) declared.codec.encodeInto(error, out);
  closeFrame(out, from);
}

function writeHead(out: Output, head: Record<string, unknown>): number {
  const start = out.position - out.start;
  let length = 0;
  try {
    length = out.writeUtf8(JSON.stringify(head));
  } catch {
    // Details that JSON cannot say (a cycle, a bigint) are left out; the rest of the error arrives.
    delete head["details"];
    length = out.writeUtf8(JSON.stringify(head));
  }
  if (length <= 65_535) return length;
  out.position = out.start + start;
  return out.writeUtf8(JSON.stringify({ message: head["message"], name: head["name"] }));
}

/** The body behind callId; declared errors come back as their own class. */
export function readError(
  bytes: Uint8Array,
  start: number,
  end: number,
  operation: WireOperation | undefined,
): RpcError {
  if (start + 3 > end) throw protocolError("an ERROR frame is shorter than its head");
  const code = codeFromNumber(bytes[start] as number);
  const headEnd = start + 3 + readU16(bytes, start + 1);
  if (headEnd > end) throw protocolError("an ERROR frame's head is longer than the frame");
  const head = readJson(bytes, start + 3, headEnd);
  const message = typeof head["message"] === "string" ? head["message"] : code;
  let metadata: Metadata;
  try {
    metadata = createMetadata((head["metadata"] ?? {}) as Record<string, string>);
  } catch {
    throw protocolError("an ERROR frame's metadata is malformed");
  }
  const options = { message, metadata, details: head["details"], retryable: head["retryable"] === true };
  const declared = typeof head["name"] === "string" ? operation?.errors.get(head["name"]) : undefined;
  if (declared) {
    try {
      return declared.type.create(declared.codec.decode(bytes, headEnd, end) as Record<string, unknown>, options);
    } catch {
      // Fields that cannot be read, as from a peer of another version: the code and the message still arrive.
    }
  }
  return new RpcError({ ...options, code });
}
