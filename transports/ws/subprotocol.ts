/** What both ends call the multiplexed protocol of docs/protocol.md in the handshake of WebSocket. */
export const SUBPROTOCOL = "trunkline";

/**
 * A message carries a run of the pipe's bytes, whatever frames begin or end in it, and no more of them than this: the other end
 * keeps a message until it is whole.
 */
export const MESSAGE_BYTES = 64 * 1024;
