/** `orders.ts#Orders` as its file and the name asked for. */
export function parseSource(source: string): { file: string; name: string | undefined } {
  const hash = source.lastIndexOf("#");
  return hash < 0
    ? { file: source, name: undefined }
    : { file: source.slice(0, hash), name: source.slice(hash + 1) || undefined };
}
