import { deserialize, serialize } from "node:v8";
import type { Contender } from "../contender.ts";

export const contender: Contender = {
  prepare: () => ({ encode: serialize, decode: deserialize }),
};
