import { protobuf } from "../../../codecs/protobuf/index.ts";
import { trunkline } from "./trunkline.ts";

export const contender = trunkline(protobuf());
