interface NativeBuffer {
  from(text: string, encoding: string): Uint8Array;
  from(buffer: ArrayBufferLike, offset: number, length: number): { toString(encoding: string): string };
}
const native = (globalThis as { Buffer?: NativeBuffer }).Buffer;

export const toBase64: (bytes: Uint8Array) => string =
  native === undefined
    ? (bytes) => {
        let text = "";
        for (const byte of bytes) text += String.fromCharCode(byte);
        return btoa(text);
      }
    : (bytes) => native.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

/** Both alphabets, padded or not (ProtoJSON); `undefined` where the text is neither. */
export function fromBase64(text: string): Uint8Array | undefined {
  let length = text.length;
  while (length > 0 && text.length - length < 2 && text.charCodeAt(length - 1) === 61) length--;
  if (length % 4 === 1 || (length !== text.length && text.length % 4 !== 0)) return undefined;
  const bytes = decode(text.slice(0, length));
  // What is not of the alphabet is skipped by the native decoder, and so comes out shorter.
  return bytes?.length === Math.floor((length * 3) / 4) ? bytes : undefined;
}

function decode(text: string): Uint8Array | undefined {
  if (native !== undefined) return new Uint8Array(native.from(text, "base64"));
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}
