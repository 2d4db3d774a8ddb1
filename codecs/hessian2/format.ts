/** The first bytes of Hessian 2.0 values (http://hessian.caucho.com/doc/hessian-serialization.html), as Java writes them. */
export const BINARY_CHUNK = 0x41;
export const BINARY = 0x42;
export const BINARY_DIRECT = 0x20;
export const BINARY_SHORT = 0x34;
export const CLASS_DEF = 0x43;
export const DATE = 0x4a;
export const DATE_MINUTE = 0x4b;
export const DOUBLE = 0x44;
export const DOUBLE_ZERO = 0x5b;
export const DOUBLE_ONE = 0x5c;
export const DOUBLE_BYTE = 0x5d;
export const DOUBLE_SHORT = 0x5e;
/** Thousandths. The specification says a 32-bit float, every implementation (Java's above all) says this. */
export const DOUBLE_MILL = 0x5f;
export const FALSE = 0x46;
export const TRUE = 0x54;
export const INT = 0x49;
export const INT_ZERO = 0x90;
export const INT_BYTE_ZERO = 0xc8;
export const INT_SHORT_ZERO = 0xd4;
export const LONG = 0x4c;
export const LONG_INT = 0x59;
export const LONG_ZERO = 0xe0;
export const LONG_BYTE_ZERO = 0xf8;
export const LONG_SHORT_ZERO = 0x3c;
export const LIST_VARIABLE = 0x55;
export const LIST_FIXED = 0x56;
export const LIST_VARIABLE_UNTYPED = 0x57;
export const LIST_FIXED_UNTYPED = 0x58;
export const LIST_DIRECT = 0x70;
export const LIST_DIRECT_UNTYPED = 0x78;
export const MAP = 0x4d;
export const MAP_UNTYPED = 0x48;
export const NULL = 0x4e;
export const OBJECT = 0x4f;
export const OBJECT_DIRECT = 0x60;
export const REF = 0x51;
export const STRING_CHUNK = 0x52;
export const STRING = 0x53;
export const STRING_SHORT = 0x30;
export const END = 0x5a;

/** The class of decimals; its one field is the text of the number. */
export const DECIMAL_CLASS = "java.math.BigDecimal";

/** How many bytes follow the first byte of a number or date. */
export const WIDTH = new Uint8Array(256);
WIDTH.fill(1, 0xc0, 0xd0).fill(2, 0xd0, 0xd8).fill(1, 0xf0, 0x100).fill(2, 0x38, 0x40);
for (const [tag, width] of [
  [INT, 4],
  [LONG, 8],
  [LONG_INT, 4],
  [DOUBLE, 8],
  [DOUBLE_BYTE, 1],
  [DOUBLE_SHORT, 2],
  [DOUBLE_MILL, 4],
  [DATE, 8],
  [DATE_MINUTE, 4],
] as const) {
  WIDTH[tag] = width;
}
