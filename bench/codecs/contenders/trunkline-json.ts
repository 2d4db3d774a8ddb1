import { json } from "../../../codecs/json/index.ts";
import { trunkline } from "./trunkline.ts";

export const contender = trunkline(json());
