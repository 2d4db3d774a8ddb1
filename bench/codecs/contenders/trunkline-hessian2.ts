import { hessian2 } from "../../../codecs/hessian2/index.ts";
import { trunkline } from "./trunkline.ts";

export const contender = trunkline(hessian2());
