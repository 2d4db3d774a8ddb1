import { trunkline } from "./trunkline.ts";

export const contender = trunkline({ codec: "json" });
