/**
 * UTF-8 and Latin-1 between strings and bytes. Where the runtime has `Buffer`, its native copies are several
 * times faster than TextEncoder for short strings; a browser falls back to the standard ones.
 */
interface NativeBuffer extends Uint8Array {
  utf8Write?(text: string, position: number): number;
  latin1Write?(text: string, position: number): number;
}
interface BufferConstructor {
  allocUnsafeSlow(size: number): Uint8Array;
  from(
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ): Uint8Array & { utf8Slice(start: number, end: number): string; latin1Slice(start: number, end: number): string };
  prototype: NativeBuffer & {
    utf8Slice(start: number, end: number): string;
    latin1Slice(start: number, end: number): string;
  };
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
