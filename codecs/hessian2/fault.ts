import type { Output } from "../../core/bytes/output.ts";
import type { CodecLimits } from "../../core/codec.ts";
import { refuse } from "../../core/compile/misfit.ts";
import { Memo } from "../../core/memo.ts";
import type { ErrorType, StructType } from "../../core/type/type.ts";
import type { Convert } from "./conversion.ts";
import type { Converters } from "./converter.ts";
import { compileWriter, type WriteHessian, type WriterOptions } from "./encoder.ts";
import { exceptionType } from "./exception.ts";
import { END, MAP_UNTYPED } from "./format.ts";
import { FAULT, writeHead } from "./message.ts";
import { MapNode, ObjectNode } from "./node.ts";
import type { Parser } from "./parser.ts";
import { newSheet, type Sheet } from "./sheet.ts";
import { toAny } from "./untyped-converter.ts";

export interface Fault {
  /** `ServiceException`, `NoSuchMethodException`, `NoSuchObjectException`, `ProtocolException`, `RequireHeaderException`. */
  readonly code: string;
  readonly message: string;
  /** What the service threw: an object of its exception's class. */
  readonly detail?: unknown;
  /** In its place: one that the method declares, by the types of its fields. */
  readonly declared?: DeclaredDetail | undefined;
  /** What else there is to say beside a declared one: a member of the fault of its own, which others overlook. */
  readonly details?: unknown;
}

export interface DeclaredDetail {
  readonly type: ErrorType;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface FaultOptions {
  readonly limits: CodecLimits;
  readonly converters: Converters;
  readonly writing: WriterOptions;
  convert(parser: Parser, node: unknown, as: Convert): unknown;
}

/** Faults, read and written. */
export class Faults {
  readonly #options: FaultOptions;
  readonly #types = new Memo<ErrorType, StructType>();
  readonly #writers = new Memo<StructType, WriteHessian>();

  constructor(options: FaultOptions) {
    this.#options = options;
  }

  /** `throws`: what the method declares. Of those one that cannot be read by its type stays an untyped detail. */
  read(parser: Parser, throws: readonly ErrorType[]): Fault {
    const { convert, converters } = this.#options;
    const node = parser.value();
    parser.close();
    const detail = detailOf(node);
    const type = detail && throws.find(({ name }) => name === detail.shape.name);
    if (type !== undefined) {
      try {
        const fields = convert(parser, detail, converters.of(this.#typeOf(type))) as Record<string, unknown>;
        const fault = faultOf(convert(parser, withoutDetail(node as MapNode), toAny));
        const own = fields["detailMessage"];
        const message = typeof own === "string" ? own : fault.message;
        return { code: fault.code, message, details: fault.details, declared: { type, fields } };
      } catch {
        // Of another version, perhaps.
      }
    }
    return faultOf(convert(parser, node, toAny));
  }

  write({ code, message, detail, declared, details }: Fault, out: Output): void {
    const sheet = newSheet();
    writeHead(out, FAULT);
    if (declared === undefined) return this.#writeAny({ code, message, detail }, out, sheet);
    out.ensure(1);
    out.buffer[out.position++] = MAP_UNTYPED;
    sheet.nodes++;
    for (const text of ["code", code, "message", message]) this.#writeAny(text, out, sheet);
    if (details !== undefined) for (const one of ["details", details]) this.#writeAny(one, out, sheet);
    this.#writeAny("detail", out, sheet);
    this.#writeException(declared, message, out, sheet);
    out.ensure(1);
    out.buffer[out.position++] = END;
  }

  #writeAny(value: unknown, out: Output, sheet: Sheet): void {
    const { writing, limits } = this.#options;
    out.position = writing.writeAny(out, out.position, value, sheet, limits.maxDepth, 0);
  }

  #writeException({ type, fields }: DeclaredDetail, detailMessage: string, out: Output, sheet: Sheet): void {
    const { writing, limits } = this.#options;
    const struct = this.#typeOf(type);
    const write = this.#writers.of(struct, () => compileWriter(struct, writing));
    const value: Record<string, unknown> = {};
    for (const { name } of type.fields) value[name] = fields[name];
    value["detailMessage"] = detailMessage;
    try {
      out.position = write(value, out, out.position, limits.maxDepth, sheet);
    } catch (thrown) {
      throw refuse(struct, value, thrown, limits.maxDepth);
    }
  }

  #typeOf(type: ErrorType): StructType {
    return this.#types.of(type, exceptionType);
  }
}

function detailOf(node: unknown): ObjectNode | undefined {
  if (!(node instanceof MapNode)) return undefined;
  const at = node.entries.indexOf("detail");
  const detail = at < 0 ? undefined : node.entries[at + 1];
  return detail instanceof ObjectNode ? detail : undefined;
}

function withoutDetail({ entries }: MapNode): MapNode {
  const copy = new MapNode(undefined);
  copy.entries.push(...entries.toSpliced(entries.indexOf("detail"), 2));
  return copy;
}

function faultOf(value: unknown): Fault {
  const map = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const text = (key: string, otherwise: string): string =>
    Object.hasOwn(map, key) && typeof map[key] === "string" ? map[key] : otherwise;
  return {
    code: text("code", "ServiceException"),
    message: text("message", ""),
    detail: Object.hasOwn(map, "detail") ? map["detail"] : undefined,
    ...(Object.hasOwn(map, "details") && { details: map["details"] }),
  };
}
