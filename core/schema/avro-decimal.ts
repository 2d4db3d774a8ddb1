/**
 * Avro's decimals are a whole number of units, 10^-scale each, of at most `precision` digits, as a two's complement with
 * its highest byte first.
 */
export interface AvroDecimal {
  readonly precision: number;
  readonly scale: number;
}

/** Of digits, and of bytes: turning a longer number into text costs more time than its bytes are worth. */
export const MAX_PRECISION = 1000;

/** The units of a decimal's text; `undefined` where it has more digits than the form takes. */
export function unitsOf(text: string, { precision, scale }: AvroDecimal): bigint | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  if (digits === "") return 0n;
  const shift = Number(exponent) - fraction.length + scale;
  if (digits.length + shift > precision) return undefined;
  if (shift < 0 && (-shift > digits.length || /[^0]/.test(digits.slice(shift)))) return undefined;
  const units = BigInt(shift < 0 ? digits.slice(0, shift) || 0 : digits.padEnd(digits.length + shift, "0"));
  return sign === "-" ? -units : units;
}

/** As Java's `BigDecimal.toPlainString`: `-12.50` of -1250 and a scale of 2. */
export function textOf(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}

/** The fewest bytes that hold the units and their sign. */
export function sizeOf(units: bigint): number {
  const bits = (units < 0n ? ~units : units).toString(2);
  return (bits === "0" ? 0 : bits.length >> 3) + 1;
}

export function writeUnits(b: Uint8Array, p: number, units: bigint, size: number): number {
  const hex = BigInt.asUintN(size * 8, units)
    .toString(16)
    .padStart(size * 2, "0");
  for (let i = 0; i < size; i++) b[p + i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return p + size;
}

/** The decimal in the bytes; `undefined` where there is none, or one of more digits than the form takes. */
export function readDecimal(bytes: Uint8Array, { precision, scale }: AvroDecimal): string | undefined {
  if (bytes.length === 0 || bytes.length > MAX_PRECISION) return undefined;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const text = textOf(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`)), scale);
  return unitsOf(text, { precision, scale }) === undefined ? undefined : text;
}
