/** The headers of our own. Peers that do not know them lose nothing. */
export const own = {
  /** Request: the name of the codec, where it is not Protobuf; grpc-js says `application/grpc` of every message. */
  codec: "trunkline-codec",
  /** Request: which of several services of one name. */
  version: "trunkline-version",
  group: "trunkline-group",
  /** Request: credentials that are no text, as base64url of JSON. */
  credentials: "trunkline-credentials",
  /** The first reply on a connection: the identifier of the server's instance. */
  instance: "trunkline-instance",
  /** Trailers: `1` where the call was certainly not executed. */
  retryable: "trunkline-retryable",
  /** JSON of those entries of metadata that a header cannot say: several values of one name, text beyond ASCII. */
  values: "trunkline-values-bin",
  /** Trailers: JSON of metadata that were set when the head of the reply had left. */
  head: "trunkline-head-bin",
} as const;

export const STATUS_DETAILS = "grpc-status-details-bin";
export const TIMEOUT = "grpc-timeout";
export const AUTHORIZATION = "authorization";

/** Names that HTTP, gRPC and this transport use themselves. */
const RESERVED =
  /^(?:(?:accept|connect|content|grpc|proxy|trunkline)-.*|authorization|connection|date|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|user-agent)$/;

/** Whether metadata of this name never pass between a caller or handler and the wire. */
export function isReserved(name: string): boolean {
  return RESERVED.test(name);
}
