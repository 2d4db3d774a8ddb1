/** What messages go through: a `Worker`, a `MessagePort`, `parentPort` of Node, or `self` in a browser's worker. */
export interface Port {
  postMessage(message: unknown, transfer: readonly never[]): void;
  on?(event: "message", listener: (message: unknown) => void): unknown;
  off?(event: "message", listener: (message: unknown) => void): unknown;
  addEventListener?(event: "message", listener: (event: object) => void): unknown;
  removeEventListener?(event: "message", listener: (event: object) => void): unknown;
  start?(): void;
}

/** Hands what arrives to `listener`; returns what stops it. Node's `Worker` has no `addEventListener`, a browser no `on`. */
export function hear(port: Port, listener: (message: unknown) => void): () => void {
  const heard = (event: object): void => listener((event as { readonly data: unknown }).data);
  if (port.on) port.on("message", listener);
  else port.addEventListener?.("message", heard);
  port.start?.();
  return () => (port.off ? port.off("message", listener) : port.removeEventListener?.("message", heard));
}
