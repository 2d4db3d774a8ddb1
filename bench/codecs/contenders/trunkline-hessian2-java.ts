import { hessian2 } from "../../../codecs/hessian2/index.ts";
import { javaOrder } from "../java-order.ts";
import { trunkline } from "./trunkline.ts";

/** What Java wrote: the fields of a class stand in its order, which is not ours. */
export const contender = trunkline(hessian2(), javaOrder);
