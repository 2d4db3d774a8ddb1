import { orderEcho } from "./trunkline.ts";

/** The Connect protocol over HTTP/1.1, as of default. */
export const contender = orderEcho({ listen: "http://127.0.0.1:0", codec: "json" });
