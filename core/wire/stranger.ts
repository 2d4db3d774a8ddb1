import { RpcError } from "../error.ts";

/** The first bytes of other protocols, as text in Latin-1; `?` is any byte. */
const FIRST_BYTES: readonly (readonly [protocol: string, ...beginnings: string[]])[] = [
  ["NATS", "INFO {", "CONNECT {"],
  ["HTTP", "HTTP/", "GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE "],
  ["HTTP/2 or gRPC", "PRI * HTTP/2", "\0\0?\x04\0\0\0\0\0"],
  // A ClientHello or ServerHello, and the alert of a TLS port that was spoken to in the clear.
  ["TLS", "\x16\x03", "\x15\x03"],
  ["SMTP or FTP", "220 ", "220-", "EHLO ", "HELO "],
  ["SSH", "SSH-"],
  ["Redis", "-ERR ", "-DENIED ", "-NOAUTH ", "*1\r\n", "*2\r\n", "*3\r\n", "PING\r\n"],
  // An error of the server, an SSLRequest, and a StartupMessage of version 3.
  ["PostgreSQL", "E\0\0\0", "\0\0\0\x08\x04\xd2\x16/", "\0\0\0?\0\x03\0\0"],
  ["MySQL", "?\0\0\0\n"],
  ["AMQP", "AMQP"],
];

/** The error of a connection whose other end speaks another protocol; `undefined` if its first bytes may be Trunkline's. */
export function strangerError(bytes: Uint8Array, address: string): RpcError | undefined {
  const protocol = FIRST_BYTES.find(([, ...beginnings]) => beginnings.some((one) => beginsWith(bytes, one)))?.[0];
  if (protocol === undefined) return undefined;
  const message =
    protocol === "TLS"
      ? `the peer ${address} speaks TLS where this side does not; use tls:// on both sides, or tcp:// on both`
      : `the peer ${address} speaks ${protocol}, not Trunkline's protocol; is it the right port?`;
  return new RpcError({ code: "INTERNAL", message });
}

function beginsWith(bytes: Uint8Array, beginning: string): boolean {
  if (bytes.length < beginning.length) return false;
  for (let i = 0; i < beginning.length; i++) {
    if (beginning[i] !== "?" && bytes[i] !== beginning.charCodeAt(i)) return false;
  }
  return true;
}
