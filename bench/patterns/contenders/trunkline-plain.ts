import { trunkline } from "./trunkline.ts";

/** Without the context that handlers' own calls inherit: on Node 20 AsyncLocalStorage makes every promise dearer. */
export const contender = trunkline({ inherit: false });
