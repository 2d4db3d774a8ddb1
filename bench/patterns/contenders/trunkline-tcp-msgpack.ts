import { trunkline } from "./trunkline.ts";

/** The default codec. */
export const contender = trunkline({});
