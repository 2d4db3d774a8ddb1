import { plain, trunkline } from "./trunkline.ts";

/** As the default, with items that no generator makes. */
export const contender = trunkline({ source: plain });
