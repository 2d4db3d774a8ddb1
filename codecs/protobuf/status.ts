import { fromBase64, toBase64 } from "../../core/base64.ts";
import { messageBytes } from "../../core/bytes/output.ts";
import type { Code } from "../../core/code.ts";
import { type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { type MethodDescriptor, struct } from "../../core/contract/contract.ts";
import { toJson } from "../../core/contract/value-json.ts";
import { RpcError } from "../../core/error.ts";
import { type JsonValue, jsonValue } from "../../core/json-value.ts";
import { Memo } from "../../core/memo.ts";
import type { Metadata } from "../../core/metadata.ts";
import { isQualifiedName } from "../../core/name.ts";
import { t } from "../../core/schema/t.ts";
import type { ErrorType, Infer, StructType } from "../../core/type/type.ts";
import { wellFormed } from "../../core/well-formed.ts";
import { protobuf } from "./codec.ts";
import { decodeJson, encodeJson } from "./dynamic-value.ts";
import { standardDetails } from "./error-details.ts";

/*
 * Errors as the RPC protocols of Protobuf's world carry them: google.rpc.Status, whose details are messages of any type.
 * A declared error is a detail of its name, with its fields; `RpcError.details` is a google.protobuf.Value; and what is
 * neither is kept as bytes, see `RawDetail`.
 */

/** One detail: a message and its type, without the "type.googleapis.com/" before it. */
export interface ErrorDetail {
  readonly type: string;
  readonly value: Uint8Array;
}

/**
 * How a detail of a type that the method does not declare stands in `RpcError.details`, which then are a list of nothing
 * else. Who throws an error with such a list sends them as they are.
 */
interface RawDetail {
  readonly type: string;
  /** Base64. Absent where the details were together too large to keep. */
  readonly value?: string;
  /** What it says, where the type is one of google.rpc's or JSON. */
  readonly debug?: JsonValue;
}

export interface ErrorHead {
  readonly code: Code;
  readonly message: string;
  readonly metadata?: Metadata | undefined;
  readonly retryable?: boolean | undefined;
}

export interface Status {
  /** As it came: `codeFromNumber` knows what it means. */
  readonly code: number;
  readonly message: string;
  readonly details: readonly ErrorDetail[];
}

const VALUE = "google.protobuf.Value";
const TYPE_PREFIX = "type.googleapis.com/";
/** Of a hostile peer no more are looked at. */
const MAX_DETAILS = 64;
/** Characters of base64 that are kept of all details; below what `RpcError.details` may have, so that debug has room. */
const MAX_KEPT = 24_000;
const MAX_DEBUG = 6000;
const MAX_TYPE = 200;

const limits = { ...defaultCodecLimits, maxMemoryBytes: 1_000_000 };
const StatusType = t.struct("google.rpc.Status", {
  code: t.int32,
  message: t.string,
  details: t.list(t.struct("google.protobuf.Any", { type_url: t.string, value: t.bytes })),
});
const statusCodec = protobuf().compile(StatusType, StatusType, { limits });

/** For each error and each type of google.rpc, once. */
const errorCodecs = new Memo<ErrorType, CompiledCodec>();
const detailCodecs = new Memo<StructType, CompiledCodec>();

export function encodeStatus(code: number, message: string, details: readonly ErrorDetail[]): Uint8Array {
  const anys = details.map(({ type, value }) => ({ type_url: TYPE_PREFIX + type, value }));
  return encoded(statusCodec, { code, message: wellFormed(message), details: anys });
}

/** Throws what the codec throws for bytes that are no status. */
export function decodeStatus(bytes: Uint8Array): Status {
  const { code, message, details } = statusCodec.decode(bytes, 0, bytes.length) as Infer<typeof StatusType>;
  const typeOf = (url: string): string => url.slice(url.lastIndexOf("/") + 1);
  return { code, message, details: details.map(({ type_url, value }) => ({ type: typeOf(type_url), value })) };
}

/** What of an error travels beside code, message and metadata. A declared one whose fields do not fit goes without them. */
export function detailsOf(error: RpcError, method: MethodDescriptor | undefined): ErrorDetail[] {
  const details: ErrorDetail[] = [];
  const declared = method?.throws.find(({ name }) => name === error.name);
  if (declared !== undefined) {
    try {
      details.push({ type: declared.name, value: encoded(codecOf(declared), error) });
    } catch {
      // Its code and message arrive.
    }
  }
  const given = soundDetails(error.details);
  if (given === undefined) return details;
  return details.concat(rawDetails(given) ?? { type: VALUE, value: encodeJson(given) });
}

/** The error that was thrown at the other side. `details` that nobody declared are kept as far as they are small. */
export function errorOf(
  { code, message, metadata, retryable }: ErrorHead,
  details: readonly ErrorDetail[],
  method: MethodDescriptor | undefined,
): RpcError {
  const kept = details.slice(0, MAX_DETAILS);
  const options = { message, ...(metadata && { metadata }), retryable: retryable === true };
  for (const [at, { type, value }] of kept.entries()) {
    const declared = method?.throws.find(({ name }) => name === type);
    if (declared === undefined) continue;
    try {
      const fields = codecOf(declared).decode(value, 0, value.length) as Record<string, unknown>;
      return declared.create(fields, { ...options, details: shown(kept.toSpliced(at, 1)) });
    } catch {
      // Fields that cannot be read, as from a peer of another version: they stay among the details.
    }
  }
  return new RpcError({ ...options, code, details: shown(kept) });
}

function shown(details: readonly ErrorDetail[]): JsonValue | undefined {
  const [only] = details;
  if (only === undefined) return undefined;
  const json = details.length === 1 ? debugOf(only, Number.POSITIVE_INFINITY) : undefined;
  if (only.type === VALUE && json !== undefined) return json;
  let [kept, debug] = [MAX_KEPT, MAX_DEBUG];
  return details.map((detail): { readonly [member: string]: JsonValue | undefined } => {
    const type = detail.type.slice(0, MAX_TYPE);
    kept -= type.length;
    const fits = detail.value.length * (4 / 3) <= kept && type === detail.type;
    if (!fits) return { type };
    const value = toBase64(detail.value);
    kept -= value.length;
    const told = debugOf(detail, debug);
    if (told !== undefined) debug -= JSON.stringify(told).length;
    return { type, value, debug: told };
  });
}

/** What a detail of a well-known type says, if that is JSON of at most `room` characters. */
function debugOf({ type, value }: ErrorDetail, room: number): JsonValue | undefined {
  try {
    const json = jsonValue(type === VALUE ? decodeJson(value) : standard(type, value), "details");
    return room === Number.POSITIVE_INFINITY || JSON.stringify(json).length <= room ? json : undefined;
  } catch {
    return undefined;
  }
}

function standard(name: string, value: Uint8Array): unknown {
  const type = standardDetails.get(name);
  const codec = type && detailCodecs.of(type, () => protobuf().compile(type, type, { limits }));
  return type && codec && toJson(type, codec.decode(value, 0, value.length));
}

function rawDetails(details: JsonValue): ErrorDetail[] | undefined {
  if (!Array.isArray(details) || details.length === 0 || details.length > MAX_DETAILS) return undefined;
  const raw: ErrorDetail[] = [];
  for (const detail of details as readonly Partial<RawDetail>[]) {
    const { type, value, debug, ...more } = Object(detail) as Partial<RawDetail>;
    const bytes = typeof value === "string" ? fromBase64(value) : undefined;
    if (typeof type !== "string" || !isQualifiedName(type) || bytes === undefined) return undefined;
    const told = debug === undefined || type === VALUE || standardDetails.has(type);
    if (!told || Object.keys(more).length > 0) return undefined;
    raw.push({ type, value: bytes });
  }
  return raw;
}

/** The error may be of another copy of this package, or changed. */
function soundDetails(details: unknown): JsonValue | undefined {
  try {
    return details === undefined ? undefined : jsonValue(details, "details");
  } catch {
    return undefined;
  }
}

function codecOf(type: ErrorType): CompiledCodec {
  return errorCodecs.of(type, () => {
    const message = struct(type.name, type.fields);
    return protobuf().compile(message, message, { limits });
  });
}

function encoded(codec: CompiledCodec, value: unknown): Uint8Array {
  return messageBytes(Number.POSITIVE_INFINITY, (out) => codec.encodeInto(value, out));
}
