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
/** How many units become text at once where nothing native does. */
const PIECE = 4096;

/** The text of the first `count` UTF-16 units. */
export const readUtf16: (units: Uint16Array, count: number) => string =
  utf16 === undefined
    ? (units, count) => {
        let text = "";
        for (let i = 0; i < count; i += PIECE)
          text += String.fromCharCode(...units.subarray(i, Math.min(i + PIECE, count)));
        return text;
      }
    : (units, count) => utf16.ucs2Slice.call(bytesOf(units), 0, 2 * count);

/** Writes the UTF-16 units of `text`, for which there must be room. */
export const writeUtf16: (units: Uint16Array, text: string) => void =
  utf16 === undefined
    ? (units, text) => {
        for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
      }
    : (units, text) => utf16.ucs2Write.call(bytesOf(units), text, 0);

function bytesOf(units: Uint16Array): Uint8Array {
  return new Uint8Array(units.buffer, units.byteOffset, units.byteLength);
}
