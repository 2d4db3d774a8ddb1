import type { Output } from "../bytes/output.ts";
import { readUtf8 } from "../bytes/text.ts";
import type { OperationCodec } from "../call/operation-codec.ts";
import { readErrorHead } from "../call/read-error.ts";
import { codeFromNumber, codes } from "../code.ts";
import type { RpcError } from "../error.ts";
import { printErrorHead } from "../error-head.ts";
import {
  closeFrame,
  frame,
  HANDSHAKE_BYTES,
  HEADER_BYTES,
  MAGIC,
  MAX_VERSION,
  MIN_VERSION,
  openFrame,
  readU16,
  readU32,
  writeU16,
  writeU32,
} from "./frame.ts";

import { protocolError } from "./protocol-error.ts";

/** The head of an ERROR is at most this long, because its length is a u16. */
const MAX_HEAD_BYTES = 65_535;
/** The head of an ERROR begins behind callId, code and its length. */
const ERROR_HEAD_AT = 7;

/** A string is JSON already. */
export function writeJson(out: Output, value: unknown): void {
  out.writeUtf8(typeof value === "string" ? value : JSON.stringify(value));
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

/** The JSON of CUT and GOAWAY, which say a sentence; stops megabytes that only cost time. */
export function readNotice(bytes: Uint8Array, start: number, end: number): Record<string, unknown> {
  if (end - start > HANDSHAKE_BYTES) throw protocolError(`a CUT or GOAWAY is longer than ${HANDSHAKE_BYTES} bytes`);
  return readJson(bytes, start, end);
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

export interface Hello {
  readonly hello: Record<string, unknown>;
  /** The highest that both sides speak. */
  readonly version: number;
}

/** Throws where the client is none, or shares no version with this server. */
export function readHello(bytes: Uint8Array, body: number, end: number): Hello {
  if (body + 6 > end) throw protocolError("a frame is shorter than its fixed part");
  if (readU32(bytes, body) !== MAGIC) throw protocolError("the client does not speak this protocol");
  const least = bytes[body + 4] as number;
  const most = bytes[body + 5] as number;
  if (least > MAX_VERSION || most < MIN_VERSION) {
    throw protocolError(
      `the client speaks versions ${least} to ${most}, this server ${MIN_VERSION} to ${MAX_VERSION}; upgrade the older one`,
    );
  }
  return { hello: readJson(bytes, body + 6, end), version: Math.min(most, MAX_VERSION) };
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

/**
 * ERROR = callId:u32 code:u8 headLength:u16 head payload. Returns what of the error had to stay behind, and why;
 * `undefined` where all of it travels.
 */
export function writeError(
  out: Output,
  callId: number,
  error: RpcError,
  { operation, maxBytes }: { readonly operation: OperationCodec | undefined; readonly maxBytes: number },
): string | undefined {
  const declared = operation?.errors.get(error.name);
  out.begin(maxBytes);
  const from = openFrame(out, frame.ERROR, 0, ERROR_HEAD_AT);
  writeU32(out.buffer, out.position, callId);
  out.buffer[out.position + 4] = codes[error.code] ?? codes.UNKNOWN;
  const at = out.position + 5 - out.start;
  out.position += ERROR_HEAD_AT;
  const room = Math.min(MAX_HEAD_BYTES, maxBytes - HEADER_BYTES - ERROR_HEAD_AT);
  const { json, lost } = printErrorHead(error, declared?.type.name, room);
  // Before the buffer is looked at: writing may replace it.
  const length = out.writeUtf8(json);
  writeU16(out.buffer, out.start + at, length);
  if (declared) declared.codec.encodeInto(error, out);
  closeFrame(out, from);
  return lost;
}

/** The body behind callId; declared errors come back as their own class. */
export function readError(
  bytes: Uint8Array,
  start: number,
  end: number,
  operation: OperationCodec | undefined,
): RpcError {
  if (start + 3 > end) throw protocolError("an ERROR frame is shorter than its head");
  const code = codeFromNumber(bytes[start] as number);
  const headEnd = start + 3 + readU16(bytes, start + 1);
  if (headEnd > end) throw protocolError("an ERROR frame's head is longer than the frame");
  return readErrorHead(readUtf8(bytes, start + 3, headEnd), code, (name) => {
    const declared = operation?.errors.get(name);
    return declared && { type: declared.type, fields: () => declared.codec.decode(bytes, headEnd, end) };
  });
}
