import { http } from "../../../transports/http/index.ts";
import { orderEcho } from "./trunkline.ts";

/** The Connect protocol on one session of HTTP/2. */
export const contender = orderEcho({
  listen: "http://127.0.0.1:0",
  codec: "json",
  transports: [http({ httpVersion: 2 })],
});
