/**
 * UTF-8, Latin-1 and UTF-16 between strings and bytes. Where the runtime has `Buffer`, its native copies are several
 * times faster than TextEncoder for short strings; a browser falls back to the standard ones.
 */
interface NativeBuffer {
  utf8Write?(text: string, position: number): number;
  ucs2Write(text: string, position: number): number;
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
  indexOf(value: number | Uint8Array, from?: number): number;
}
interface BufferConstructor {
  allocUnsafeSlow(size: number): Uint8Array;
  prototype: NativeBuffer;
}
const native = (globalThis as unknown as { Buffer?: BufferConstructor }).Buffer;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Uninitialised bytes of their own, never a slice of a shared pool. */
export const allocate: (size: number) => Uint8Array =
  native?.allocUnsafeSlow.bind(native) ?? ((size) => new Uint8Array(size));

const proto = native?.prototype;

/** Writes `text` at `position` and returns the number of bytes; there must be room for `3 * text.length`. */
export const writeUtf8: (buffer: Uint8Array, text: string, position: number) => number =
  proto?.utf8Write === undefined
    ? (buffer, text, position) => encoder.encodeInto(text, buffer.subarray(position)).written
    : (buffer, text, position) => (proto.utf8Write as (t: string, p: number) => number).call(buffer, text, position);

/** The text at `start` to `end`; malformed UTF-8 becomes U+FFFD. */
export const readUtf8: (buffer: Uint8Array, start: number, end: number) => string =
  proto === undefined
    ? (buffer, start, end) => decoder.decode(buffer.subarray(start, end))
    : (buffer, start, end) => proto.utf8Slice.call(buffer, start, end);

/** The bytes at `start` to `end` as the code points U+0000 to U+00FF: right for text that is known to be ASCII. */
export const readLatin1: (buffer: Uint8Array, start: number, end: number) => string =
  proto === undefined
    ? (buffer, start, end) => {
        let text = "";
        for (let i = start; i < end; i++) text += String.fromCharCode(buffer[i] as number);
        return text;
      }
    : (buffer, start, end) => proto.latin1Slice.call(buffer, start, end);

const REPLACEMENT = encoder.encode("\ufffd");

/** Whether the UTF-8 at `start` to `end` has a U+FFFD; true where nothing native can tell. */
export const hasReplacement: (buffer: Uint8Array, start: number, end: number) => boolean =
  proto === undefined
    ? () => true
    : (buffer, start, end) => proto.indexOf.call(buffer.subarray(start, end), REPLACEMENT) >= 0;

/** Where `byte` stands from `start` on; -1 where it does not. */
export const indexOfByte: (buffer: Uint8Array, byte: number, start: number) => number =
  proto === undefined
    ? (buffer, byte, start) => buffer.indexOf(byte, start)
    : (buffer, byte, start) => proto.indexOf.call(buffer, byte, start);

/** `Buffer` has the low byte of a unit first. */
const utf16 = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? proto : undefined;
const scratch = new Uint16Array(4096);
const scratchBytes = new Uint8Array(scratch.buffer);

/** Room for `count` UTF-16 units, until the next call. */
export function utf16Room(count: number): Uint16Array {
  return count <= scratch.length ? scratch : new Uint16Array(count);
}

/** The UTF-16 units of `text` in such room, where they come first. */
export function utf16Of(text: string): Uint16Array {
  const units = utf16Room(text.length);
  if (utf16 !== undefined) utf16.ucs2Write.call(bytesOf(units), text, 0);
  else for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return units;
}

/** The text of the first `count` units of a room. */
export function readUtf16(units: Uint16Array, count: number): string {
  if (utf16 !== undefined) return utf16.ucs2Slice.call(bytesOf(units), 0, 2 * count);
  let text = "";
  // Arguments go on the stack, which holds only so many.
  for (let i = 0; i < count; i += scratch.length)
    text += String.fromCharCode(...units.subarray(i, Math.min(i + scratch.length, count)));
  return text;
}

function bytesOf(units: Uint16Array): Uint8Array {
  return units === scratch ? scratchBytes : new Uint8Array(units.buffer);
}
