import { malformedBy } from "../../core/compile/cursor.ts";

export const { malformed, truncated, tooDeep, checkBytes } = malformedBy("msgpack");
