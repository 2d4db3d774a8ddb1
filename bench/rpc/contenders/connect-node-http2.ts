import { connectNode } from "./connect-rpc.ts";

/** JSON on one session of HTTP/2. */
export const contender = connectNode("2");
