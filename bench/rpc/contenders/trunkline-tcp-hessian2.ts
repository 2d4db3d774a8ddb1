import { orderEcho } from "./trunkline.ts";

export const contender = orderEcho({ listen: "tcp://127.0.0.1:0", codec: "hessian2" });
