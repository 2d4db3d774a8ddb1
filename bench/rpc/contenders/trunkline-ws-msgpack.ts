import { orderEcho } from "./trunkline.ts";

export const contender = orderEcho({ listen: "ws://127.0.0.1:0" });
