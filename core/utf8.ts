const decoder = new TextDecoder("utf-8", { fatal: true });

/** True for well-formed UTF-8. Slow: ask only where the text has a U+FFFD, which stands for what is malformed. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
