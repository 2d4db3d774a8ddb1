import { frame } from "../../../core/wire/frame.ts";

/** A frame, its body apart. */
export interface Frame {
  readonly type: string;
  readonly flags: number;
  readonly body: Buffer;
}

const names = new Map<number, string>(Object.entries(frame).map(([name, type]) => [type, name]));

export function splitFrames(bytes: Uint8Array): Frame[] {
  const buffer = Buffer.from(bytes);
  const frames: Frame[] = [];
  for (let at = 0; at < buffer.length; ) {
    const end = at + 4 + buffer.readUInt32BE(at);
    const type = buffer[at + 4] as number;
    frames.push({
      type: names.get(type) ?? String(type),
      flags: buffer[at + 5] as number,
      body: buffer.subarray(at + 6, end),
    });
    at = end;
  }
  return frames;
}

export type Part = number | string | Uint8Array | { readonly u16: number } | { readonly u32: number } | object;

/** The bytes of parts: a number is a byte, text is UTF-8, `u16` and `u32` are what they say, other objects are JSON. */
export function bytesOf(...parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === "number") return Buffer.of(part);
      if (typeof part === "string") return Buffer.from(part);
      if (part instanceof Uint8Array) return Buffer.from(part);
      const number = Buffer.alloc("u16" in part ? 2 : 4);
      if ("u16" in part) number.writeUInt16BE(part.u16 as number);
      else if ("u32" in part) number.writeUInt32BE(part.u32 as number);
      else return Buffer.from(JSON.stringify(part));
      return number;
    }),
  );
}

/** A whole frame. */
export function frameOf(type: keyof typeof frame | number, flags: number, ...parts: readonly Part[]): Buffer {
  const body = bytesOf(...parts);
  return bytesOf({ u32: body.length + 2 }, typeof type === "number" ? type : frame[type], flags, body);
}

export function u16(value: number): { u16: number } {
  return { u16: value };
}

export function u32(value: number): { u32: number } {
  return { u32: value };
}

export const hello = (body: object = { window: 262_144 }): Buffer => frameOf("HELLO", 0, "TRNK", 1, 1, body);
export const welcome = (body: object = { instance: "i1", window: 262_144 }): Buffer => frameOf("WELCOME", 0, 1, body);

export interface Timing {
  readonly flags?: number;
  /** None: no deadline. */
  readonly timeoutMs?: number;
  /** By the client's clock. */
  readonly sentAt?: number;
}

/** CALL with JSON arguments; a number is flags. */
export function callFrame(operation: number, callId: number, args: unknown, given: number | Timing = {}): Buffer {
  const { flags = 0, timeoutMs = 0, sentAt = 0 } = typeof given === "number" ? { flags: given } : given;
  return frameOf("CALL", flags, u16(operation), u32(callId), u32(timeoutMs), u32(sentAt), JSON.stringify(args));
}
