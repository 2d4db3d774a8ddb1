/** Floating-point numbers as Protobuf and Avro write them. Writers return the position after the number. */
const double = new Float64Array(1);
const single = new Float32Array(1);
const doubleBytes = new Uint8Array(double.buffer);
const singleBytes = new Uint8Array(single.buffer);
double[0] = 1;
const LITTLE_ENDIAN = doubleBytes[7] !== 0;

export function writeDouble(b: Uint8Array, p: number, v: number): number {
  double[0] = v;
  if (!LITTLE_ENDIAN) doubleBytes.reverse();
  b[p] = doubleBytes[0] as number;
  b[p + 1] = doubleBytes[1] as number;
  b[p + 2] = doubleBytes[2] as number;
  b[p + 3] = doubleBytes[3] as number;
  b[p + 4] = doubleBytes[4] as number;
  b[p + 5] = doubleBytes[5] as number;
  b[p + 6] = doubleBytes[6] as number;
  b[p + 7] = doubleBytes[7] as number;
  return p + 8;
}

export function readDouble(b: Uint8Array, p: number): number {
  doubleBytes[0] = b[p] as number;
  doubleBytes[1] = b[p + 1] as number;
  doubleBytes[2] = b[p + 2] as number;
  doubleBytes[3] = b[p + 3] as number;
  doubleBytes[4] = b[p + 4] as number;
  doubleBytes[5] = b[p + 5] as number;
  doubleBytes[6] = b[p + 6] as number;
  doubleBytes[7] = b[p + 7] as number;
  if (!LITTLE_ENDIAN) doubleBytes.reverse();
  return double[0] as number;
}

export function writeSingle(b: Uint8Array, p: number, v: number): number {
  single[0] = v;
  if (!LITTLE_ENDIAN) singleBytes.reverse();
  b[p] = singleBytes[0] as number;
  b[p + 1] = singleBytes[1] as number;
  b[p + 2] = singleBytes[2] as number;
  b[p + 3] = singleBytes[3] as number;
  return p + 4;
}

export function readSingle(b: Uint8Array, p: number): number {
  singleBytes[0] = b[p] as number;
  singleBytes[1] = b[p + 1] as number;
  singleBytes[2] = b[p + 2] as number;
  singleBytes[3] = b[p + 3] as number;
  if (!LITTLE_ENDIAN) singleBytes.reverse();
  return single[0] as number;
}

/** Fewer numbers than this are faster without a view. */
const MANY = 8;

/** Writes all of `list`; -1 where one is no number. */
export function writeDoubles(b: Uint8Array, start: number, list: readonly unknown[]): number {
  const { length } = list;
  let p = start;
  const view = length < MANY ? undefined : new DataView(b.buffer, b.byteOffset + p, length * 8);
  for (let i = 0; i < length; i++, p += 8) {
    const v = list[i];
    if (typeof v !== "number") return -1;
    if (view === undefined) writeDouble(b, p, v);
    else view.setFloat64(i * 8, v, true);
  }
  return p;
}

/** The same in 32 bits; -1 also where a finite number is beyond them. */
export function writeSingles(b: Uint8Array, start: number, list: readonly unknown[]): number {
  const { length } = list;
  let p = start;
  const view = length < MANY ? undefined : new DataView(b.buffer, b.byteOffset + p, length * 4);
  for (let i = 0; i < length; i++, p += 4) {
    const v = list[i];
    if (typeof v !== "number" || (v - v === 0 && Math.abs(Math.fround(v)) === Number.POSITIVE_INFINITY)) return -1;
    if (view === undefined) writeSingle(b, p, v);
    else view.setFloat32(i * 4, v, true);
  }
  return p;
}

/** `list` with `count` numbers more, which must be there. */
export function readDoubles(b: Uint8Array, p: number, count: number, list: number[]): number[] {
  if (count < MANY) {
    for (let i = 0; i < count; i++) list.push(readDouble(b, p + i * 8));
    return list;
  }
  const view = new DataView(b.buffer, b.byteOffset + p, count * 8);
  if (list.length > 0) {
    for (let i = 0; i < count; i++) list.push(view.getFloat64(i * 8, true));
    return list;
  }
  const numbers: number[] = new Array(count);
  for (let i = 0; i < count; i++) numbers[i] = view.getFloat64(i * 8, true);
  return numbers;
}

export function readSingles(b: Uint8Array, p: number, count: number, list: number[]): number[] {
  if (count < MANY) {
    for (let i = 0; i < count; i++) list.push(readSingle(b, p + i * 4));
    return list;
  }
  const view = new DataView(b.buffer, b.byteOffset + p, count * 4);
  if (list.length > 0) {
    for (let i = 0; i < count; i++) list.push(view.getFloat32(i * 4, true));
    return list;
  }
  const numbers: number[] = new Array(count);
  for (let i = 0; i < count; i++) numbers[i] = view.getFloat32(i * 4, true);
  return numbers;
}
