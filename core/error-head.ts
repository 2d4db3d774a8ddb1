import { messageOf, RpcError } from "./error.ts";
import { type JsonValue, jsonValue } from "./json-value.ts";
import { type Metadata, metadataJson, soundMetadata } from "./metadata.ts";

/** A message is cut after so many characters: it is for people. */
const MAX_MESSAGE_LENGTH = 8192;
/** The most bytes that JSON makes of one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 6;
const encoder = new TextEncoder();

/** What of an error travels beside its code. */
interface ErrorHead {
  readonly message: string;
  readonly name?: string | undefined;
  readonly retryable?: true | undefined;
  metadata?: ReturnType<typeof metadataJson> | undefined;
  details?: JsonValue | undefined;
}

export interface PrintedHead {
  readonly json: string;
  /** What had to stay behind, and why; `undefined` where everything travels. */
  readonly lost: string | undefined;
}

/**
 * The head as JSON of at most `maxBytes`: where that is too little the details stay behind first, then the metadata, then
 * the end of the message. The error may be of another copy of this package, or changed: what is not sound stays behind too.
 * `name` is that of a declared error. What never travels: cause and stack.
 */
export function printErrorHead(error: RpcError, name: string | undefined, maxBytes: number): PrintedHead {
  const lost: string[] = [];
  const message = String(error.message).slice(0, MAX_MESSAGE_LENGTH);
  const head: ErrorHead = { message, name, retryable: error.retryable === true || undefined };
  const { metadata, refused } = soundMetadata(error.metadata);
  if (refused !== undefined) lost.push(refused);
  if (Object.keys(metadata).length > 0) head.metadata = metadataJson(metadata);
  head.details = soundDetails(error.details, (reason) => lost.push(reason));
  let json = JSON.stringify(head);
  for (const member of ["details", "metadata"] as const) {
    if (head[member] === undefined || fits(json, maxBytes)) continue;
    lost.push(`${member}: with ${member === "details" ? "them" : "it"} the error is larger than ${maxBytes} bytes`);
    head[member] = undefined;
    json = JSON.stringify(head);
  }
  if (!fits(json, maxBytes)) json = JSON.stringify({ ...head, message: shortened(head, maxBytes) });
  return { json, lost: lost.length === 0 ? undefined : lost.join("; ") };
}

/** What `onError` of the side that threw it is told. */
export function curtailed(error: RpcError, lost: string): RpcError {
  const message = `the error "${String(error.message).slice(0, 200)}" did not travel whole: ${lost}`;
  return new RpcError({ code: "INTERNAL", message, cause: error });
}

function fits(json: string, maxBytes: number): boolean {
  return json.length * 3 <= maxBytes || encoder.encode(json).length <= maxBytes;
}

function shortened(head: ErrorHead, maxBytes: number): string {
  const room = maxBytes - encoder.encode(JSON.stringify({ ...head, message: "" })).length;
  return head.message.slice(0, Math.max(0, Math.floor(room / MAX_BYTES_PER_UNIT)));
}

/** What a head says, for the options of an error. What of it is not sound is left out: code and message still count. */
export function parseErrorHead(json: string): {
  readonly name: string | undefined;
  readonly message: string | undefined;
  readonly retryable: boolean;
  readonly metadata: Metadata;
  readonly details: JsonValue | undefined;
} {
  let head: Record<string, unknown>;
  try {
    head = Object(JSON.parse(json)) as Record<string, unknown>;
  } catch {
    head = {};
  }
  const { name, message, retryable, metadata, details } = head;
  return {
    name: typeof name === "string" ? name : undefined,
    message: typeof message === "string" ? message : undefined,
    retryable: retryable === true,
    metadata: soundMetadata(metadata).metadata,
    details: soundDetails(details, () => {}),
  };
}

function soundDetails(details: unknown, refused: (reason: string) => void): JsonValue | undefined {
  try {
    return details === undefined ? undefined : jsonValue(details, "details");
  } catch (error) {
    refused(messageOf(error));
    return undefined;
  }
}
