import { fromBase64 } from "../../../core/base64.ts";
import { readLatin1 } from "../../../core/bytes/text.ts";
import { RpcError } from "../../../core/error.ts";

/** The request of a GET. https://connectrpc.com/docs/protocol#unary-get-request */
export interface ConnectQuery {
  /** The part of a content type behind `application/`. */
  readonly encoding: string;
  readonly message: Uint8Array;
  readonly compression: string | undefined;
}

/** Throws where the query is none, or lacks what it must have. */
export function readQuery(query: string): ConnectQuery {
  const values = new Map<string, string>();
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    if (equals > 0) values.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const version = values.get("connect");
  if (version !== undefined && version !== "v1")
    throw malformed(`connect is ${version.slice(0, 40)}; this server knows v1`);
  const [encoding, message] = [values.get("encoding"), values.get("message")];
  if (encoding === undefined) throw malformed("encoding is missing; as in encoding=json");
  if (message === undefined) throw malformed("message is missing");
  const compression = values.get("compression");
  const bytes = unescaped(message);
  return {
    encoding: latin1(unescaped(encoding)),
    message: values.get("base64") === "1" ? unbased(bytes) : bytes,
    compression: compression === "" ? undefined : compression,
  };
}

function unbased(bytes: Uint8Array): Uint8Array {
  const found = fromBase64(latin1(bytes));
  if (found === undefined) throw malformed("message is no base64, as base64=1 says");
  return found;
}

function latin1(bytes: Uint8Array): string {
  return readLatin1(bytes, 0, bytes.length);
}

/** Bytes, as a message may be no text. */
function unescaped(value: string): Uint8Array {
  const bytes = Uint8Array.from(value, (one) => one.charCodeAt(0));
  let length = 0;
  for (let i = 0; i < bytes.length; i++, length++) {
    const byte = bytes[i] as number;
    const hex = byte === 0x25 ? /^[0-9a-f]{2}$/i.exec(value.slice(i + 1, i + 3)) : null;
    if (hex !== null) i += 2;
    bytes[length] = hex === null ? (byte === 0x2b ? 0x20 : byte) : Number.parseInt(hex[0], 16);
  }
  return bytes.subarray(0, length);
}

function malformed(what: string): RpcError {
  return new RpcError({ code: "INVALID_ARGUMENT", message: `the query cannot be read: ${what}` });
}
