import type { Socket } from "node:net";

/** How HTTP/2 begins in the clear. https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
/** No request of HTTP/1.1 begins so: PRI is a method of its own. */
const ENOUGH = 4;

/**
 * Tells whether a connection speaks HTTP/2, once its first bytes are there; they are still to be read. A connection that says
 * nothing is destroyed when `timeoutMs` is over.
 */
export function versionOf(socket: Socket, timeoutMs: number, told: (version: 1 | 2) => void): void {
  let first: Buffer = Buffer.alloc(0);
  const silent = (): void => void socket.destroy();
  const onData = (bytes: Buffer): void => {
    first = first.length === 0 ? bytes : Buffer.concat([first, bytes]);
    const length = Math.min(ENOUGH, first.length);
    const same = first.subarray(0, length).equals(PREFACE.subarray(0, length));
    if (same && length < ENOUGH) return;
    socket.off("data", onData);
    socket.off("timeout", silent);
    socket.off("end", silent);
    socket.off("error", ignore);
    socket.setTimeout(0);
    socket.pause();
    socket.unshift(first);
    // TLS may have more of this turn, which would overtake these bytes if somebody else read it already.
    setImmediate(() => told(same ? 2 : 1));
  };
  socket.setTimeout(timeoutMs, silent);
  // Whoever leaves without a word must not keep a place.
  socket.on("end", silent);
  socket.on("error", ignore);
  socket.on("data", onData);
}

/** A connection that breaks before it has said anything is nobody's loss. */
function ignore(): void {}
