const double = new Float64Array(1);
const single = new Float32Array(1);
const doubleWords = new Uint32Array(double.buffer);
const singleWord = new Uint32Array(single.buffer);
double[0] = 1;
/** Which of the two words of a double holds the sign. */
const HIGH = doubleWords[1] === 0 ? 0 : 1;
const LOW = 1 - HIGH;

export function writeUint16(b: Uint8Array, p: number, v: number): void {
  b[p] = v >>> 8;
  b[p + 1] = v;
}

export function readUint16(b: Uint8Array, p: number): number {
  return ((b[p] as number) << 8) | (b[p + 1] as number);
}

export function writeUint32(b: Uint8Array, p: number, v: number): void {
  b[p] = v >>> 24;
  b[p + 1] = v >>> 16;
  b[p + 2] = v >>> 8;
  b[p + 3] = v;
}

export function readInt32(b: Uint8Array, p: number): number {
  return ((b[p] as number) << 24) | ((b[p + 1] as number) << 16) | ((b[p + 2] as number) << 8) | (b[p + 3] as number);
}

export function readUint32(b: Uint8Array, p: number): number {
  return readInt32(b, p) >>> 0;
}

export function writeDouble(b: Uint8Array, p: number, v: number): void {
  double[0] = v;
  writeUint32(b, p, doubleWords[HIGH] as number);
  writeUint32(b, p + 4, doubleWords[LOW] as number);
}

export function readDouble(b: Uint8Array, p: number): number {
  doubleWords[HIGH] = readInt32(b, p);
  doubleWords[LOW] = readInt32(b, p + 4);
  return double[0] as number;
}

export function writeSingle(b: Uint8Array, p: number, v: number): void {
  single[0] = v;
  writeUint32(b, p, singleWord[0] as number);
}

export function readSingle(b: Uint8Array, p: number): number {
  singleWord[0] = readInt32(b, p);
  return single[0] as number;
}
