import type { Output } from "../bytes/output.ts";
import { type Credit, ITEM_OVERHEAD_BYTES } from "../call/stream.ts";
import { codeFromNumber, codes } from "../code.ts";
import { RpcError } from "../error.ts";
import type { Metadata } from "../metadata.ts";
import type { Platform } from "../platform.ts";
import { closeFrame, flag, frame, HANDSHAKE_BYTES, openFrame, readU32, writeU32 } from "./frame.ts";
import type { WireLimits } from "./limits.ts";
import { readNotice, writeControl, writeSignal } from "./message.ts";
import { writeMetadata } from "./metadata.ts";
import { Outbox } from "./outbox.ts";
import { FrameParser } from "./parser.ts";
import type { Pipe, PipeUser } from "./pipe.ts";
import { protocolError } from "./protocol-error.ts";
import { strangerError } from "./stranger.ts";

/** What a connection is for: one of the two sides of the protocol. */
export interface ConnectionUser {
  /** Whether this side stops reading while too much of its own waits to leave. */
  readonly mayPause: boolean;
  /** Handles a frame; throws a protocol error for one that breaks a rule. */
  onFrame(type: number, flags: number, bytes: Uint8Array, body: number, end: number): void;
  /** The peer broke a rule, and the connection ends for it. */
  onViolation(error: RpcError): void;
  /** The connection is gone: settle whatever is pending. Called once. */
  onLost(error: RpcError): void;
}

export interface ConnectionOptions {
  readonly platform: Platform;
  readonly limits: WireLimits;
}

/** What the items of one stream have in common. */
export interface Items {
  readonly callId: number;
  readonly credit: Credit;
  encodeItem(item: unknown, out: Output): void;
}

/** One connection, either side of it: frames in and out, heartbeat, and the one place where it ends. */
export class Connection implements PipeUser {
  readonly pipe: Pipe;
  readonly platform: Platform;
  readonly limits: WireLimits;
  readonly outbox: Outbox;
  closed = false;
  readonly #user: ConnectionUser;
  readonly #parser: FrameParser;
  /** Nothing has come yet. */
  #unmet = true;
  #established = false;
  #heardAt: number;
  #pingedAt = Number.NEGATIVE_INFINITY;
  #paused = false;
  #lastBuffered = 0;
  #stopTimer: (() => void) | undefined;
  #drained: (() => void)[] = [];
  #gone = false;

  constructor(pipe: Pipe, user: ConnectionUser, { platform, limits }: ConnectionOptions) {
    this.pipe = pipe;
    this.platform = platform;
    this.limits = limits;
    this.#user = user;
    this.#heardAt = platform.now();
    this.outbox = new Outbox(pipe, platform, limits.maxMessageBytes);
    this.#parser = new FrameParser(
      (type, flags, bytes, body, end) => user.onFrame(type, flags, bytes, body, end),
      limits.maxMessageBytes,
      HANDSHAKE_BYTES,
    );
    this.handshakeWithin(limits.handshakeTimeoutMs);
  }

  /** What becomes of it if the handshake is not done within so many milliseconds from now. */
  handshakeWithin(ms: number, late = (): void => this.#cutLate()): void {
    this.#stopTimer?.();
    this.#stopTimer = this.platform.schedule(ms, late);
  }

  #cutLate(): void {
    this.cut(
      new RpcError({
        code: "UNAVAILABLE",
        message: "no handshake within handshakeTimeoutMs; is the other end a Trunkline peer?",
        retryable: true,
      }),
    );
  }

  /** The handshake is done: silence is now a matter of the heartbeat. */
  established(): void {
    this.#established = true;
    this.#stopTimer?.();
    this.#parser.established();
    this.#beat(this.limits.heartbeatMs);
  }

  onBytes(bytes: Uint8Array): void {
    if (this.closed) return;
    this.#heardAt = this.platform.now();
    try {
      if (this.#unmet) this.#meet(bytes);
      this.#parser.push(bytes);
    } catch (error) {
      const violation = RpcError.is(error) ? error : protocolError(`a frame could not be handled (${String(error)})`);
      this.#user.onViolation(violation);
      this.cut(violation, true);
      return;
    }
    // A client that sends and does not read would fill the server with answers. The server alone stops reading: if both
    // did, each would wait for the other to read.
    if (
      this.#user.mayPause &&
      !this.#paused &&
      this.outbox.bufferedBytes > this.limits.maxBufferedBytes &&
      !this.closed
    ) {
      this.#paused = true;
      this.pipe.pause();
    }
  }

  #meet(first: Uint8Array): void {
    this.#unmet = false;
    const stranger = strangerError(first, this.pipe.peerAddress);
    if (stranger) throw stranger;
  }

  onDrain(): void {
    if (this.#drained.length > 0) {
      const waiting = this.#drained;
      this.#drained = [];
      for (const resume of waiting) resume();
    }
    if (this.#paused && !this.closed) {
      this.#paused = false;
      this.#heardAt = this.platform.now();
      this.pipe.resume();
    }
  }

  /** Undefined unless too much waits to leave; then resolves when it has left or the connection has ended. */
  drained(): Promise<void> | undefined {
    if (this.closed || this.outbox.bufferedBytes <= this.limits.maxBufferedBytes) return undefined;
    this.outbox.flush();
    if (this.outbox.bufferedBytes === 0) return undefined;
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  onClose(error: RpcError | undefined): void {
    this.#gone = true;
    const closed = error ?? new RpcError({ code: "UNAVAILABLE", message: "the other side closed the connection" });
    this.#end(this.#established ? closed : unmet(closed));
    this.#stopTimer?.();
  }

  /** Ends the connection at once. With `tell`, a last frame says why; secrets stay here, since only our own message goes. */
  cut(error: RpcError, tell = false): void {
    if (this.closed) return;
    if (tell) {
      try {
        const { code, message, retryable } = error;
        const again = retryable ? { retryable } : {};
        this.control(frame.CUT, [], { code: codes[code], message: message.slice(0, 8192), ...again });
        this.outbox.flush();
        this.pipe.end();
      } catch {
        this.pipe.destroy();
      }
    }
    this.#end(error);
    if (tell) this.#linger(0);
    else this.pipe.destroy();
  }

  /** Sends what is written, then ends. */
  finish(): void {
    if (this.closed) return;
    this.outbox.flush();
    this.pipe.end();
    this.#end(new RpcError({ code: "UNAVAILABLE", message: "the connection was closed", retryable: true }));
    this.#linger(Number.POSITIVE_INFINITY);
  }

  /** The last bytes are leaving. A peer that does not take them must not keep the socket; one that does, may be slow. */
  #linger(before: number): void {
    if (this.#gone) return;
    this.#stopTimer = this.platform.schedule(this.limits.handshakeTimeoutMs, () => {
      const left = this.pipe.bufferedBytes;
      if (left < before) this.#linger(left);
      else this.pipe.destroy();
    });
  }

  #end(error: RpcError): void {
    if (this.closed) return;
    this.closed = true;
    this.#parser.stop();
    this.#stopTimer?.();
    this.outbox.close();
    const waiting = this.#drained;
    this.#drained = [];
    for (const resume of waiting) resume();
    this.#user.onLost(error);
  }

  /** A frame whose body is JSON. A contract's may be longer than the peer takes, as `maxBytes` says: then it throws. */
  control(type: number, head: readonly number[], body: unknown, maxBytes?: number): void {
    if (this.closed) return;
    writeControl(this.outbox.out, type, head, body, maxBytes);
    this.outbox.frameDone();
  }

  signal(type: number, id: number, argument?: number): void {
    if (this.closed) return;
    writeSignal(this.outbox.out, type, id, argument);
    this.outbox.frameDone();
  }

  /** DATA = callId:u32 [metadata] payload. Throws, having sent nothing, where the item does not fit. */
  sendItem(items: Items, item: unknown, head?: Metadata): Promise<void> | undefined {
    if (this.closed) return undefined;
    const { out } = this.outbox;
    out.begin(this.outbox.maxMessageBytes);
    let before: number;
    try {
      const from = openFrame(out, frame.DATA, head === undefined ? 0 : flag.METADATA, 4);
      writeU32(out.buffer, out.position, items.callId);
      out.position += 4;
      if (head !== undefined) writeMetadata(out, head);
      before = out.position - out.start;
      items.encodeItem(item, out);
      closeFrame(out, from);
    } catch (error) {
      out.rollback();
      throw error;
    }
    items.credit.spend(out.position - out.start - before + ITEM_OVERHEAD_BYTES);
    this.outbox.itemDone();
    return this.drained();
  }

  /** PING, PONG and CUT mean the same on both sides. */
  onCommonFrame(type: number, bytes: Uint8Array, body: number, end: number): void {
    switch (type) {
      case frame.PING:
        this.need(body, end, 8);
        this.signal(frame.PONG, readU32(bytes, body), this.platform.now());
        return;
      case frame.PONG:
        this.need(body, end, 8);
        return;
      case frame.CUT: {
        const { code: number, message: text, retryable } = readNotice(bytes, body, end);
        const code = codeFromNumber(Number(number));
        const reason = String(text).slice(0, 1000);
        const message = this.#established ? `cut by the other side: ${reason}` : `refused by the other side: ${reason}`;
        this.cut(new RpcError({ code, message, retryable: retryable === true }));
        return;
      }
      default:
        throw protocolError(`frame type ${type} is unknown or not allowed here`);
    }
  }

  need(body: number, end: number, bytes: number): void {
    if (body + bytes > end) throw protocolError("a frame is shorter than its fixed part");
  }

  /** After `heartbeatMs` of silence a PING, after as much again the end. */
  #beat(inMs: number): void {
    const dueMs = this.platform.now() + inMs;
    this.#stopTimer = this.platform.schedule(inMs, () => {
      if (this.closed) return;
      const { heartbeatMs } = this.limits;
      const now = this.platform.now();
      const buffered = this.outbox.bufferedBytes;
      // While we do not read, because it does not, what counts is whether it takes anything.
      if (this.#paused && buffered < this.#lastBuffered) this.#heardAt = now;
      this.#lastBuffered = buffered;
      const silentMs = now - this.#heardAt;
      const pinged = this.#pingedAt > this.#heardAt;
      if (pinged && silentMs >= 2 * heartbeatMs) {
        // It was this process that stalled: the answer may wait unread.
        if (2 * (now - dueMs) >= heartbeatMs) return this.#beat(heartbeatMs);
        this.cut(new RpcError({ code: "UNAVAILABLE", message: "the other side has been silent for two heartbeats" }));
        return;
      }
      if (pinged || silentMs < heartbeatMs) {
        // What rounding leaves of a millisecond may be too little to move a clock: it would be waited for without end.
        return this.#beat(Math.ceil((pinged ? 2 : 1) * heartbeatMs - silentMs));
      }
      this.signal(frame.PING, 0, now);
      this.#pingedAt = now;
      this.#beat(heartbeatMs);
    });
  }
}

/** It closed, or broke, before it had said who it is. */
function unmet(cause: RpcError): RpcError {
  const message = `${cause.message}, before the handshake was done; it may be full, speak TLS (tls://), or be no Trunkline peer`;
  return new RpcError({ code: "UNAVAILABLE", message, cause, retryable: true });
}
