/** The first bytes of MessagePack values (https://github.com/msgpack/msgpack/blob/master/spec.md). */
export const NIL = 0xc0;
export const FALSE = 0xc2;
export const TRUE = 0xc3;
export const BIN8 = 0xc4;
export const BIN16 = 0xc5;
export const BIN32 = 0xc6;
export const EXT8 = 0xc7;
export const EXT16 = 0xc8;
export const EXT32 = 0xc9;
export const FLOAT32 = 0xca;
export const FLOAT64 = 0xcb;
export const UINT8 = 0xcc;
export const UINT16 = 0xcd;
export const UINT32 = 0xce;
export const UINT64 = 0xcf;
export const INT8 = 0xd0;
export const INT16 = 0xd1;
export const INT32 = 0xd2;
export const INT64 = 0xd3;
export const FIXEXT1 = 0xd4;
export const FIXEXT16 = 0xd8;
export const STR8 = 0xd9;
export const STR16 = 0xda;
export const STR32 = 0xdb;
export const ARRAY16 = 0xdc;
export const ARRAY32 = 0xdd;
export const MAP16 = 0xde;
export const MAP32 = 0xdf;
/** Extension type of a timestamp: -1. */
export const TIMESTAMP = 0xff;

/** How many bytes of number or length follow a first byte. */
export const WIDTH = new Uint8Array(256);
for (const [tag, width] of [
  [BIN8, 1],
  [BIN16, 2],
  [BIN32, 4],
  [EXT8, 1],
  [EXT16, 2],
  [EXT32, 4],
  [FLOAT32, 4],
  [FLOAT64, 8],
  [UINT8, 1],
  [UINT16, 2],
  [UINT32, 4],
  [UINT64, 8],
  [INT8, 1],
  [INT16, 2],
  [INT32, 4],
  [INT64, 8],
  [STR8, 1],
  [STR16, 2],
  [STR32, 4],
  [ARRAY16, 2],
  [ARRAY32, 4],
  [MAP16, 2],
  [MAP32, 4],
] as const) {
  WIDTH[tag] = width;
}
