import { http } from "../../../transports/http/index.ts";
import { orderEcho } from "./trunkline.ts";

/** gRPC over a transport of our own, on one session of `node:http2`. */
export const contender = orderEcho({
  listen: "http://127.0.0.1:0",
  codec: "protobuf",
  transports: [http({ protocol: "grpc" })],
});
