import { orderEcho } from "./trunkline.ts";

export const contender = orderEcho({ listen: "memory://bench" });
