import { type LongCursor, malformedBy, type Read as ReadAt } from "../../core/compile/cursor.ts";

export type Cursor = LongCursor;
export type Read = ReadAt<Cursor>;

export const { malformed, truncated, tooDeep } = malformedBy("avro");
