/** What Node's sockets of TLS have. */
interface Certified {
  readonly encrypted?: unknown;
  readonly authorized?: unknown;
  getPeerCertificate?(): { readonly subject?: unknown } | undefined;
}

/** The subject of the certificate that the other end of a socket has shown, and that was verified; `undefined` without one. */
export function certificateSubject(socket: object): unknown {
  const { encrypted, authorized } = socket as Certified;
  if (encrypted !== true || authorized !== true) return undefined;
  return (socket as Certified).getPeerCertificate?.()?.subject;
}
