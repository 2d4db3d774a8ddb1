import { trunkline } from "./trunkline.ts";

export const contender = trunkline("json");
