import type { Metadata as GrpcMetadata, StatusObject } from "@grpc/grpc-js";
import { decodeStatus, detailsOf, type ErrorDetail, encodeStatus, errorOf } from "../../codecs/protobuf/status.ts";
import { codeFromNumber, codes } from "../../core/code.ts";
import type { MethodDescriptor } from "../../core/contract/contract.ts";
import { messageOf, RpcError } from "../../core/error.ts";
import { parseErrorHead, printErrorHead } from "../../core/error-head.ts";
import { wellFormed } from "../../core/well-formed.ts";
import { own, STATUS_DETAILS } from "./headers.ts";
import { readMetadata, writeMetadata } from "./metadata.ts";

/** Together this fits into the 65,535 bytes of trailers that Node takes, where bytes are base64 and messages percent-encoded. */
const MAX_HEAD_BYTES = 48_000;
const MAX_STATUS_BYTES = 46_600;
const MAX_TRAILER_BYTES = 63_000;
/** A message that is longer than this when it is percent-encoded stands whole in the status details alone. */
const MAX_ENCODED_MESSAGE = 2000;
const SHORTENED = 200;

export interface SentError {
  readonly code: number;
  readonly message: string;
  /** What had to stay behind, and why; `undefined` where everything travels. */
  readonly lost: string | undefined;
}

/** An error as the status of a call; what else travels of it is added to `trailers`. */
export function writeError(error: RpcError, method: MethodDescriptor | undefined, trailers: GrpcMetadata): SentError {
  const declared = method?.throws.find(({ name }) => name === error.name);
  const { json, lost: cut } = printErrorHead(error, declared?.name, MAX_HEAD_BYTES);
  const lost = cut === undefined ? [] : [cut];
  const head = parseErrorHead(json);
  const message = wellFormed(head.message ?? "");
  const code = codes[error.code] ?? codes.UNKNOWN;
  const sent = Object.create(error, { details: { value: head.details } }) as RpcError;
  const status = statusBytes({ code, message, details: detailsOf(sent, method) }, (reason) => lost.push(reason));
  if (status !== undefined) trailers.set(STATUS_DETAILS, Buffer.from(status));
  try {
    writeMetadata(trailers, head.metadata, MAX_TRAILER_BYTES - Math.ceil(((status?.length ?? 0) * 4) / 3));
  } catch (thrown) {
    lost.push(messageOf(thrown));
  }
  if (head.retryable) trailers.set(own.retryable, "1");
  return { code, message: shortened(message), lost: lost.length === 0 ? undefined : lost.join("; ") };
}

function statusBytes(
  { code, message, details }: { code: number; message: string; details: readonly ErrorDetail[] },
  refused: (reason: string) => void,
): Uint8Array | undefined {
  if (details.length > 0) {
    const whole = encodeStatus(code, message, details);
    if (whole.length <= MAX_STATUS_BYTES) return whole;
    refused(`details: with them the status is larger than ${MAX_STATUS_BYTES} bytes`);
  }
  return shortened(message) === message ? undefined : encodeStatus(code, message, []);
}

/** At a surrogate pair, too: grpc-js encodes well-formed text only. */
function shortened(message: string): string {
  return encodeURI(message).length <= MAX_ENCODED_MESSAGE ? message : wellFormed(message.slice(0, SHORTENED));
}

/** What grpc-js itself says of such calls. */
const UNSENT =
  /^(?:Stream refused by server|Channel closed before call started|Failed to start HTTP\/2 stream|No connection established)/;

/** Whether the call has not reached the server, or the server has not looked at it. */
export function wasUnsent({ code, details, metadata }: StatusObject): boolean {
  const mine = code === codes.UNAVAILABLE || code === codes.INTERNAL;
  return mine && UNSENT.test(details) && Object.keys(metadata.getMap()).length === 0;
}

/** The error that a status tells of; a declared one of `method` comes back as its class. */
export function readError(status: StatusObject, method: MethodDescriptor): RpcError {
  const { metadata } = status;
  const head = {
    code: codeFromNumber(status.code),
    message: status.details,
    metadata: readMetadata(metadata),
    retryable: metadata.get(own.retryable)[0] === "1",
  };
  if (wasUnsent(status)) {
    return new RpcError({ code: "UNAVAILABLE", message: status.details, retryable: true });
  }
  const [bytes] = metadata.get(STATUS_DETAILS);
  if (!Buffer.isBuffer(bytes)) return errorOf(head, [], method);
  try {
    const { message, details } = decodeStatus(bytes);
    return errorOf({ ...head, message: message || head.message }, details, method);
  } catch {
    // The code and the message still count.
    return errorOf(head, [], method);
  }
}
