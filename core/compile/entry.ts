/** An index so high that V8 keeps it, and from then on every other of its object, in a hash table. */
const FAR = "4294967294";
const [ZERO, NINE] = [48, 57];

/**
 * To be called before a map gets an entry with the name `key`; takes what it returned for the entry before, 0 for the
 * first. V8 keeps members with names like `1023` as an array has its items, with room for all below, so that an entry of
 * eight bytes would take twelve thousand. Names that are not close together go to a hash table instead.
 */
export function roomFor(map: object, key: string, indexes: number): number {
  const first = key.charCodeAt(0);
  return first <= NINE && first >= ZERO && indexes >= 0
    ? roomForIndex(map as Record<string, unknown>, key, indexes)
    : indexes;
}

function roomForIndex(map: Record<string, unknown>, key: string, indexes: number): number {
  if (!(Number(key) >= 8 * indexes + 8)) return indexes + 1;
  map[FAR] = undefined;
  delete map[FAR];
  return -1;
}
