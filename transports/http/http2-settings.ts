import type { ServerOptions } from "node:http2";
import type { HttpLimits } from "./limits.ts";

/** Megabytes that Node's own buffers of one connection may take before it refuses streams: what peers may send unread, and as much again. */
const MEGABYTE = 1024 * 1024;
/** What a peer may send before it has heard of ours: RFC 9113, 6.5.2. */
const DEFAULT_WINDOW_BYTES = 65_535;

/** Settings of a connection of HTTP/2, and Node's own bounds against floods of frames that are nobody's. */
export function http2Settings(limits: HttpLimits): ServerOptions {
  return {
    settings: {
      maxConcurrentStreams: limits.maxStreams,
      // Half, since as much again may wait where the handler reads.
      initialWindowSize: Math.min(
        Math.max(DEFAULT_WINDOW_BYTES, Math.floor(limits.streamWindowBytes / 2)),
        2 ** 31 - 1,
      ),
      maxHeaderListSize: limits.maxHeaderBytes,
      enablePush: false,
    },
    // Answers may have as much.
    maxSendHeaderBlockLength: limits.maxHeaderBytes,
    maxSessionMemory: Math.ceil((2 * limits.connectionWindowBytes) / MEGABYTE) + 10,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    maxOutstandingPings: 10,
    maxOutstandingSettings: 10,
  } as ServerOptions;
}
