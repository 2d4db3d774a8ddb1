import type { RpcError } from "../error.ts";

/** An ordered, reliable run of bytes between two ends: TCP, TLS, a unix socket, a WebSocket, memory. */
export interface Pipe {
  /** `tcp://10.0.0.7:51002`. */
  readonly peerAddress: string;
  /** The subject of the peer's verified certificate, where the pipe knows one. */
  readonly peerIdentity: unknown;
  /** Bytes handed to `write` that have not left. */
  readonly bufferedBytes: number;
  /** Takes the bytes, which belong to the pipe until it calls `done`: always, with an error where they did not leave. */
  write(bytes: Uint8Array, done: (error?: Error | null) => void): void;
  /** Stops, and starts again, reading: `onBytes` is not called in between. */
  pause(): void;
  resume(): void;
  /** Sends what was written, then ends. */
  end(): void;
  /** Ends at once. */
  destroy(): void;
}

/** What a pipe tells its user. */
export interface PipeUser {
  /** The bytes belong to the pipe again when this returns. */
  onBytes(bytes: Uint8Array): void;
  /** `bufferedBytes` has fallen to nothing. */
  onDrain(): void;
  /** Called exactly once. */
  onClose(error: RpcError | undefined): void;
}

/** Opens a pipe. Rejects with `UNAVAILABLE` where nobody answers; gives up when the signal is aborted. */
export type Dial = (user: (pipe: Pipe) => PipeUser, signal: AbortSignal) => Promise<void>;
