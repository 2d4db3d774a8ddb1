import type { Output } from "../../core/bytes/output.ts";
import { type CodecLimits, defaultCodecLimits } from "../../core/codec.ts";
import { type Cursor, charge } from "../../core/compile/cursor.ts";
import { ENTRY, GROWING, GROWING_SLOT, LIST, SLOT } from "../../core/compile/memory.ts";
import { refuse } from "../../core/compile/misfit.ts";
import { Shape } from "../../core/compile/source.ts";
import type { MethodDescriptor } from "../../core/contract/contract.ts";
import type { StructType } from "../../core/type/type.ts";
import { ClassShape } from "./class-shape.ts";
import { Conversion, type Convert } from "./conversion.ts";
import { Converters } from "./converter.ts";
import { malformed } from "./cursor.ts";
import { compileFieldsWriter, compileWriter, type WriteHessian } from "./encoder.ts";
import { NULL } from "./format.ts";
import { Forms } from "./forms.ts";
import { MapNode, ObjectNode } from "./node.ts";
import { Parser } from "./parser.ts";
import { END1, Parser1 } from "./parser1.ts";
import { newSheet } from "./sheet.ts";
import { roomForText, writeText } from "./text.ts";
import { toAny } from "./untyped-converter.ts";
import { type UntypedOptions, untypedWriter } from "./untyped-writer.ts";
import { writeInt } from "./write.ts";
import { Writer1 } from "./writer1.ts";

/*
 * The messages of Hessian's own RPC:
 *   call  ::= H 02 00 C name count argument*
 *   reply ::= H 02 00 R value
 *   fault ::= H 02 00 F map          with the keys code, message and detail
 *
 * A call may also come as Hessian 1.0 has it, and says by its first number which version the answer is to have:
 *   call  ::= c 01|02 00 (H name value)* m name argument* z
 *   reply ::= r 01 00 value z
 *   fault ::= r 01 00 f (key value)* z z
 */

const VERSION = [0x48, 0x02, 0x00];
const CALL = 0x43;
const REPLY = 0x52;
const FAULT = 0x46;
const CALL1 = 0x63;
const HEADER1 = 0x48;
const METHOD1 = 0x6d;
const REPLY1 = [0x72, 0x01, 0x00];
const FAULT1 = 0x66;

/** What of a method shapes its messages. */
export type EnvelopeMethod = Pick<
  MethodDescriptor,
  "name" | "request" | "response" | "bareRequest" | "bareResponse" | "untyped"
>;

export interface Fault {
  /** `ServiceException`, `NoSuchMethodException`, `NoSuchObjectException`, `ProtocolException`, `RequireHeaderException`. */
  readonly code: string;
  readonly message: string;
  /** What the service threw: an object of its exception's class. */
  readonly detail?: unknown;
}

/** A call whose method is known by name only; its arguments wait for their types. */
export interface IncomingCall {
  readonly name: string;
  readonly count: number;
  /** The version of Hessian that the answer is to have; one of 1 is made by `inVersion1`. */
  readonly reply: 1 | 2;
  /** What stands before the method in a call of Hessian 1.0, where it is text. */
  readonly headers: ReadonlyMap<string, string>;
  readonly parser: ValueParser;
  /** The arguments, where they were read already. */
  readonly nodes?: unknown[];
}

interface ValueParser extends Cursor {
  readonly shared: boolean;
  value(): unknown;
  close(): void;
}

export type IncomingReply =
  | { readonly value: unknown; readonly fault?: never }
  | { readonly fault: Fault; readonly value?: never };

/** The messages of one method. Values are those of its request and response type. */
export interface MethodEnvelope {
  encodeCall(request: unknown, out: Output): void;
  decodeCall(call: IncomingCall): unknown;
  encodeReply(response: unknown, out: Output): void;
  decodeReply(bytes: Uint8Array, start: number, end: number): IncomingReply;
}

export interface Envelope {
  method(method: EnvelopeMethod): MethodEnvelope;
  readCall(bytes: Uint8Array, start: number, end: number): IncomingCall;
  writeFault(fault: Fault, out: Output): void;
  /** Writes a reply or a fault as Hessian 1.0 has it. */
  inVersion1(message: Uint8Array, out: Output): void;
}

export function hessianEnvelope(
  options: UntypedOptions & { readonly limits?: CodecLimits; readonly exact?: boolean } = {},
): Envelope {
  const { limits = defaultCodecLimits, exact = false, cycles = true } = options;
  const writeAny = untypedWriter({ java: "caucho", ...options });
  const writing = { shape: new Shape(), forms: new Forms(), writeAny };
  const converters = new Converters();

  const open = (bytes: Uint8Array, start: number, end: number): { parser: Parser; kind: number } => {
    const parser = new Parser(bytes, start, end, limits, exact);
    for (const byte of VERSION)
      if (parser.byte() !== byte) throw malformed("the message does not begin with H 02 00", parser, start);
    return { parser, kind: parser.byte() };
  };

  const finish = (parser: ValueParser, node: unknown, convert: Convert): unknown => {
    parser.close();
    const conversion = new Conversion(parser, { exact, cycles, names: new Map() });
    if (parser.shared) conversion.share();
    return conversion.root(convert, node, limits.maxDepth);
  };

  const write = (type: StructType, bare: boolean): ((value: unknown, out: Output) => void) => {
    const compiled: WriteHessian = (bare ? compileWriter : compileFieldsWriter)(type, writing);
    return (value, out) => {
      try {
        out.position = compiled(value, out, out.position, limits.maxDepth);
      } catch (thrown) {
        throw refuse(type, value, thrown, limits.maxDepth);
      }
    };
  };

  const writeUntyped = (values: readonly unknown[], out: Output): void => {
    const sheet = newSheet();
    for (const value of values) out.position = writeAny(out, out.position, value, sheet, limits.maxDepth, 0);
  };

  return Object.freeze({
    method: (method: EnvelopeMethod): MethodEnvelope => {
      const { request, response } = method;
      const writeRequest = write(request, method.bareRequest);
      const writeResponse = write(response, method.bareResponse);
      const readRequest = converters.of(request);
      const readResponse = converters.of(response);
      return Object.freeze({
        encodeCall(value: unknown, out: Output): void {
          const args = method.untyped ? (value as { args: unknown[] }).args : [];
          const count = method.untyped ? args.length : method.bareRequest ? 1 : request.fields.length;
          writeHead(out, CALL);
          out.ensure(roomForText(method.name.length) + 5);
          const p = writeText(out.buffer, out.position, method.name);
          out.position = writeInt(out.buffer, p, count);
          if (method.untyped) writeUntyped(args, out);
          else writeRequest(value, out);
        },
        decodeCall({ parser, count, nodes }: IncomingCall): unknown {
          charge(parser, LIST + GROWING + count * (GROWING_SLOT + SLOT));
          const values: unknown[] = nodes ?? [];
          for (let i = values.length; i < count; i++) values.push(parser.value());
          if (method.untyped)
            return finish(parser, values, (nodes, made, depth) => ({
              args: (nodes as unknown[]).map((node) => toAny(node, made, depth)),
            }));
          const expected = method.bareRequest ? 1 : request.fields.length;
          if (count !== expected)
            throw malformed(`${method.name} takes ${expected} arguments, and ${count} were sent`, parser);
          return finish(parser, method.bareRequest ? values[0] : asObject(request, values), readRequest);
        },
        encodeReply(value: unknown, out: Output): void {
          writeHead(out, REPLY);
          if (method.untyped) return writeUntyped([(value as { result?: unknown }).result], out);
          if (method.bareResponse || response.fields.length > 0) return writeResponse(value, out);
          out.ensure(1);
          out.buffer[out.position++] = NULL;
        },
        decodeReply(bytes: Uint8Array, start: number, end: number): IncomingReply {
          const { parser, kind } = open(bytes, start, end);
          if (kind !== REPLY && kind !== FAULT) throw malformed("the message is no reply", parser, start + 3);
          const node = parser.value();
          if (kind === FAULT) return { fault: faultOf(finish(parser, node, toAny)) };
          return { value: finish(parser, method.bareResponse ? node : asObject(response, [node]), readResponse) };
        },
      });
    },
    readCall(bytes: Uint8Array, start: number, end: number): IncomingCall {
      if (bytes[start] === CALL1 && start < end) return readCall1(new Parser1(bytes, start, end, limits, exact));
      const { parser, kind } = open(bytes, start, end);
      if (kind !== CALL) throw malformed("the message is no call", parser, start + 3);
      const [name, count] = [parser.value(), parser.value()];
      if (typeof name !== "string" || typeof count !== "number" || !(count >= 0 && count <= end - parser.p))
        throw malformed("a call without a name or a number of arguments", parser);
      return { name, count, reply: 2, headers: NO_HEADERS, parser };
    },
    writeFault(fault: Fault, out: Output): void {
      writeHead(out, FAULT);
      writeUntyped([{ code: fault.code, message: fault.message, detail: fault.detail }], out);
    },
    inVersion1(message: Uint8Array, out: Output): void {
      const parser = new Parser(message, VERSION.length + 1, message.length, limits, true);
      const node = parser.value();
      const writer = new Writer1(out);
      writer.bytes(...REPLY1);
      if (message[VERSION.length] === FAULT && node instanceof MapNode) {
        writer.bytes(FAULT1);
        for (const one of node.entries) writer.write(one);
        writer.bytes(END1);
      } else writer.write(node);
      writer.bytes(END1);
    },
  });
}

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

function readCall1(parser: Parser1): IncomingCall {
  parser.byte();
  const reply = parser.byte() >= 2 ? 2 : 1;
  parser.byte();
  const headers = new Map<string, string>();
  let tag = parser.byte();
  for (; tag === HEADER1; tag = parser.byte()) {
    charge(parser, ENTRY);
    const [name, value] = [parser.name(), parser.value()];
    if (typeof value === "string") headers.set(name, value);
  }
  if (tag !== METHOD1) throw malformed("a call without a method", parser, parser.p - 1);
  const name = parser.name();
  const nodes: unknown[] = [];
  while (!parser.ends(GROWING_SLOT)) nodes.push(parser.value());
  return { name, count: nodes.length, reply, headers, parser, nodes };
}

function writeHead(out: Output, kind: number): void {
  out.ensure(4);
  for (const byte of VERSION) out.buffer[out.position++] = byte;
  out.buffer[out.position++] = kind;
}

/** Values without a class, as an object of the struct: what the fields are is known by position. */
function asObject(type: StructType, values: readonly unknown[]): ObjectNode {
  const fields = type.fields.map((field) => field.name);
  const node = new ObjectNode(new ClassShape({ name: type.name, fields }));
  type.fields.forEach((_, i) => {
    node.values[i] = values[i];
  });
  return node;
}

function faultOf(value: unknown): Fault {
  const map = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const text = (key: string, otherwise: string): string =>
    Object.hasOwn(map, key) && typeof map[key] === "string" ? map[key] : otherwise;
  return {
    code: text("code", "ServiceException"),
    message: text("message", ""),
    detail: Object.hasOwn(map, "detail") ? map["detail"] : undefined,
  };
}
