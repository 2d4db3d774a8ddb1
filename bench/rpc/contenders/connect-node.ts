import { connectNode } from "./connect-rpc.ts";

/** JSON over HTTP/1.1, as of default. */
export const contender = connectNode("1.1");
