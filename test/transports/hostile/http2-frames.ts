/*
 * HTTP/2 by hand: https://www.rfc-editor.org/rfc/rfc9113#section-4.1
 *   frame ::= length:u24 type:u8 flags:u8 stream:u32 payload
 */

export const type = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const flags = { END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8, PRIORITY: 32 } as const;

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

export function frame(
  kind: number,
  { flag = 0, stream = 0 }: { flag?: number; stream?: number },
  payload: Uint8Array = new Uint8Array(),
): Buffer {
  const bytes = Buffer.alloc(9 + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = kind;
  bytes[4] = flag;
  bytes.writeUInt32BE(stream >>> 0, 5);
  bytes.set(payload, 9);
  return bytes;
}

export function settings(...entries: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(6 * entries.length);
  entries.forEach(([id, value], i) => {
    payload.writeUInt16BE(id, 6 * i);
    payload.writeUInt32BE(value, 6 * i + 2);
  });
  return frame(type.SETTINGS, {}, payload);
}

export const settingsAck = frame(type.SETTINGS, { flag: flags.ACK });

export function ping(ack = false): Buffer {
  return frame(type.PING, { flag: ack ? flags.ACK : 0 }, new Uint8Array(8));
}

export function rst(stream: number, code = 8): Buffer {
  return frame(type.RST_STREAM, { stream }, u32(code));
}

export function goaway(last: number, code = 0): Buffer {
  return frame(type.GOAWAY, {}, Buffer.concat([u32(last), u32(code)]));
}

export function windowUpdate(stream: number, by: number): Buffer {
  return frame(type.WINDOW_UPDATE, { stream }, u32(by));
}

export function data(stream: number, bytes: Uint8Array, end = true): Buffer {
  return frame(type.DATA, { stream, flag: end ? flags.END_STREAM : 0 }, bytes);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** Header fields as literals without indexing: https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2 */
export function block(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(Object.entries(fields).flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]));
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  const head: number[] = [];
  if (bytes.length < 127) head.push(bytes.length);
  else {
    head.push(127);
    let rest = bytes.length - 127;
    for (; rest >= 128; rest >>= 7) head.push((rest & 127) | 128);
    head.push(rest);
  }
  return Buffer.concat([Buffer.from(head), bytes]);
}

export function headers(
  stream: number,
  fields: Readonly<Record<string, string>>,
  { end = false, last = true }: { end?: boolean; last?: boolean } = {},
): Buffer {
  const flag = (end ? flags.END_STREAM : 0) | (last ? flags.END_HEADERS : 0);
  return frame(type.HEADERS, { stream, flag }, block(fields));
}

/** The head of a call in JSON. */
export function call(stream: number, method: string, more: Readonly<Record<string, string>> = {}, end = false): Buffer {
  const fields = {
    ":method": "POST",
    ":scheme": "http",
    ":authority": "127.0.0.1",
    ":path": `/hostile.Target/${method}`,
    "content-type": "application/json",
    ...more,
  };
  return headers(stream, fields, { end });
}

export interface Frame {
  readonly kind: number;
  readonly flag: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** All whole frames that have come. */
export function framesIn(bytes: Buffer): Frame[] {
  const found: Frame[] = [];
  let at = 0;
  while (at + 9 <= bytes.length) {
    const length = bytes.readUIntBE(at, 3);
    if (at + 9 + length > bytes.length) break;
    found.push({
      kind: bytes[at + 3] as number,
      flag: bytes[at + 4] as number,
      stream: bytes.readUInt32BE(at + 5) & 0x7fffffff,
      payload: bytes.subarray(at + 9, at + 9 + length),
    });
    at += 9 + length;
  }
  return found;
}
