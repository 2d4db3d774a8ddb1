import { msgpack } from "../../../codecs/msgpack/index.ts";
import { trunkline } from "./trunkline.ts";

export const contender = trunkline(msgpack());
