import { avro } from "../../../codecs/avro/index.ts";
import { trunkline } from "./trunkline.ts";

export const contender = trunkline(avro());
