import { writeUint32 } from "../bytes/big-endian.ts";
import type { Output } from "../bytes/output.ts";

/**
 * The frames of the multiplexed protocol, version 1. docs/protocol.md is normative. All numbers are big-endian.
 *
 *   frame    = length:u32 type:u8 flags:u8 body            length counts what follows it
 *   HELLO    = "TRNK" minVersion:u8 maxVersion:u8 json     client's first frame: { window, maxMessageBytes, sentAt, credentials? }
 *   WELCOME  = version:u8 json                             server's answer: { instance, window, maxMessageBytes, maxPendingCalls }
 *   BIND     = binding:u16 base:u16 json                   { service, version, group, codec, fingerprint, operations, contract? }
 *   BOUND    = binding:u16 json                            { fingerprint, contract? }, { send: "contract" } or { error }
 *   UNBIND   = binding:u16                                 client to server: its numbers are free
 *   CALL     = operation:u16 callId:u32 timeoutMs:u32 sentAt:u32 [metadata] payload      timeoutMs 0: no deadline
 *   REPLY    = callId:u32 [metadata] [trailers] payload
 *   ERROR    = callId:u32 code:u8 headLength:u16 head payload               head: json { message, name?, metadata?, details?, retryable? }
 *   DATA     = callId:u32 [metadata] payload               one item of a stream; metadata with the first of a result stream
 *   DATA     = callId:u32 payload callId:u32 × n n:u32     with SHARED: the same item for 1 + n streams of one operation
 *   END      = callId:u32 [metadata] [trailers]            no more items in this direction
 *   CREDIT   = callId:u32 bytes:u32                        the reader has room for so many more
 *   CANCEL   = callId:u32
 *   INVOKE   = callback:u32 callId:u32 timeoutMs:u32 payload                server to client
 *   RETAIN   = callback:u32                                server to client: keep it when the call ends
 *   RELEASE  = callback:u32
 *   PING, PONG = token:u32 sentAt:u32
 *   GOAWAY   = json                                        server to client: no new calls, please; { reason }
 *   CUT      = json                                        the last frame before the sender cuts: { code, message }
 *
 *   metadata, trailers = length:u16 json                   each present if flags has METADATA, TRAILERS
 *   sentAt                                                 milliseconds of the sender's clock, modulo 2^32
 */
export const frame = {
  HELLO: 1,
  WELCOME: 2,
  BIND: 3,
  BOUND: 4,
  CALL: 5,
  REPLY: 6,
  ERROR: 7,
  DATA: 8,
  END: 9,
  CREDIT: 10,
  CANCEL: 11,
  INVOKE: 12,
  RETAIN: 13,
  RELEASE: 14,
  PING: 15,
  PONG: 16,
  GOAWAY: 17,
  CUT: 18,
  UNBIND: 19,
} as const;

export const flag = { METADATA: 1, ONEWAY: 2, STREAM: 4, TRAILERS: 8, SHARED: 16 } as const;

/** The number of an operation or binding is a u16. */
export const MAX_OPERATIONS = 65_536;

export const MAGIC = 0x54524e4b;
/** The first frame of each side is at most this long: nobody has said yet who sends it. */
export const HANDSHAKE_BYTES = 64 * 1024;
export const MIN_VERSION = 1;
export const MAX_VERSION = 1;
/** What a CALL has before metadata and payload. */
export const CALL_HEAD_BYTES = 14;
/** length, type and flags. */
export const HEADER_BYTES = 6;

/** Opens a frame and leaves room for its length; returns where it begins, for `closeFrame`. */
export function openFrame(out: Output, type: number, flags: number, reserve: number): number {
  out.ensure(HEADER_BYTES + reserve);
  const { buffer, position } = out;
  buffer[position + 4] = type;
  buffer[position + 5] = flags;
  out.position = position + HEADER_BYTES;
  return position - out.start;
}

/** Fills in the length. `from` counts from `out.start`, because the buffer may have been replaced meanwhile. */
export function closeFrame(out: Output, from: number): void {
  out.commit();
  const begin = out.start + from;
  writeUint32(out.buffer, begin, out.position - begin - 4);
}

// By the words of the grammar above.
export {
  readUint16 as readU16,
  readUint32 as readU32,
  writeUint16 as writeU16,
  writeUint32 as writeU32,
} from "../bytes/big-endian.ts";
