import { orderEcho } from "./trunkline.ts";

/** On @grpc/grpc-js, with messages of Protobuf. */
export const contender = orderEcho({ listen: "grpc://127.0.0.1:0", codec: "protobuf" });
