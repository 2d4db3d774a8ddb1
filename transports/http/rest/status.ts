import { messageBytes } from "../../../core/bytes/output.ts";
import type { OperationCodec } from "../../../core/call/operation-codec.ts";
import { codes } from "../../../core/code.ts";
import type { RpcError } from "../../../core/error.ts";
import { readTree } from "./json-text.ts";

const TYPE_PREFIX = "type.googleapis.com/";
/** Of the fields of a declared error. */
const MAX_ERROR_BYTES = 65_535;
const decoder = new TextDecoder();

/**
 * An error as google.rpc.Status in JSON: `{ "code": 5, "message": "…", "details": [{ "@type": "type.googleapis.com/shop.Gone" }] }`.
 * A declared error is a detail by its name, with its fields; `RpcError.details` is a google.protobuf.Value.
 */
export function statusJson(error: RpcError, codec?: OperationCodec): string {
  const details: string[] = [];
  const declared = codec?.errors.get(error.name);
  if (declared !== undefined) details.push(declaredJson(error, declared));
  if (error.details !== undefined)
    details.push(detail("google.protobuf.Value", { value: JSON.stringify(error.details) }));
  const head = JSON.stringify({ code: codes[error.code], message: error.message });
  return details.length === 0 ? head : `${head.slice(0, -1)},"details":[${details.join(",")}]}`;
}

type Declared = OperationCodec["errors"] extends ReadonlyMap<string, infer D> ? D : never;

function declaredJson(error: RpcError, { type, codec }: Declared): string {
  try {
    const bytes = messageBytes(MAX_ERROR_BYTES, (out) => codec.encodeInto(error, out));
    return detail(type.name, Object.fromEntries(readTree(decoder.decode(bytes))) as Record<string, string>);
  } catch {
    // Fields that do not fit their types: the code and the message still count.
    return detail(type.name, {});
  }
}

function detail(type: string, members: Readonly<Record<string, string>>): string {
  const all = Object.entries(members).map(([name, text]) => `,${JSON.stringify(name)}:${text}`);
  return `{"@type":${JSON.stringify(TYPE_PREFIX + type)}${all.join("")}}`;
}
