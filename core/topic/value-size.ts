/** What an object, an array and one of their places cost in V8, in bytes; near enough to bound memory. */
const OBJECT_BYTES = 32;
const PLACE_BYTES = 16;

/**
 * About how many bytes of memory a value takes, as one that was read or copied by its type. Looks no further once it is over
 * `maxBytes`: what stands in a value a thousand times, or in itself, would be counted for ever.
 */
export function valueSize(value: unknown, maxBytes: number): number {
  const open: unknown[] = [value];
  let bytes = 0;
  while (open.length > 0 && bytes <= maxBytes) {
    const one = open.pop();
    if (typeof one === "string") bytes += 2 * one.length;
    else if (typeof one === "object" && one !== null) {
      bytes += OBJECT_BYTES;
      if (ArrayBuffer.isView(one)) bytes += one.byteLength;
      else {
        const places: readonly unknown[] = Array.isArray(one) ? one : Object.values(one);
        bytes += PLACE_BYTES * places.length;
        if (bytes <= maxBytes) for (const place of places) open.push(place);
      }
    } else bytes += PLACE_BYTES;
  }
  return bytes;
}
