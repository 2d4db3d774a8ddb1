import { blobEcho } from "./trunkline.ts";

export const contender = blobEcho({ listen: "tcp://127.0.0.1:0", codec: "msgpack" });
