import type { Output } from "../../core/bytes/output.ts";
import { type CodecLimits, defaultCodecLimits } from "../../core/codec.ts";
import { type Cursor, charge } from "../../core/compile/cursor.ts";
import { GROWING, GROWING_SLOT, LIST, SLOT } from "../../core/compile/memory.ts";
import { refuse } from "../../core/compile/misfit.ts";
import { Shape } from "../../core/compile/source.ts";
import type { MethodDescriptor } from "../../core/contract/contract.ts";
import type { StructType } from "../../core/type/type.ts";
import { ClassShape } from "./class-shape.ts";
import { Conversion, type Convert } from "./conversion.ts";
import { Converters } from "./converter.ts";
import { malformed } from "./cursor.ts";
import { compileFieldsWriter, compileWriter, type WriteHessian } from "./encoder.ts";
import { type Fault, Faults } from "./fault.ts";
import { NULL } from "./format.ts";
import { Forms } from "./forms.ts";
import { CALL, FAULT, REPLY, VERSION, writeHead } from "./message.ts";
import { ObjectNode } from "./node.ts";
import { Parser } from "./parser.ts";
import { Parser1 } from "./parser1.ts";
import { newSheet } from "./sheet.ts";
import { roomForText, writeText } from "./text.ts";
import { toAny } from "./untyped-converter.ts";
import { type UntypedOptions, untypedWriter } from "./untyped-writer.ts";
import { CALL1, readCall1, writeReply1 } from "./version1.ts";
import { writeInt } from "./write.ts";

/** What of a method shapes its messages. */
export type EnvelopeMethod = Pick<
  MethodDescriptor,
  "name" | "request" | "response" | "bareRequest" | "bareResponse" | "untyped"
> &
  Partial<Pick<MethodDescriptor, "throws">>;

/** A call whose method is known by name only; its arguments wait for their types. */
export interface IncomingCall {
  readonly name: string;
  readonly count: number;
  /** The version of Hessian that the answer is to have; `inVersion1` makes one of 1. */
  readonly reply: 1 | 2;
  /** What stands before the method in a call of Hessian 1.0, where it is text. */
  readonly headers: ReadonlyMap<string, string>;
  readonly parser: ValueParser;
  /** The arguments, where they had to be read to count them. */
  readonly nodes?: unknown[];
}

export interface ValueParser extends Cursor {
  /** True once a reference was read. */
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
  /** Of either version. */
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

  const convert = (parser: ValueParser, node: unknown, as: Convert): unknown => {
    const conversion = new Conversion(parser, { exact, cycles, names: new Map() });
    if (parser.shared) conversion.share();
    return conversion.root(as, node, limits.maxDepth);
  };
  const finish = (parser: ValueParser, node: unknown, as: Convert): unknown => {
    parser.close();
    return convert(parser, node, as);
  };
  const faults = new Faults({ limits, converters, writing, convert });

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
      const { request, response, throws = [] } = method;
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
            return finish(parser, values, (all, made, depth) => ({
              args: (all as unknown[]).map((node) => toAny(node, made, depth)),
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
          if (kind === FAULT) return { fault: faults.read(parser, throws) };
          if (kind !== REPLY) throw malformed("the message is no reply", parser, start + 3);
          const node = parser.value();
          return { value: finish(parser, method.bareResponse ? node : asObject(response, [node]), readResponse) };
        },
      });
    },
    readCall(bytes: Uint8Array, start: number, end: number): IncomingCall {
      if (start < end && bytes[start] === CALL1) {
        const parser = new Parser1(bytes, start, end, limits, exact);
        const call = readCall1(parser);
        return { ...call, count: call.nodes.length, parser };
      }
      const { parser, kind } = open(bytes, start, end);
      if (kind !== CALL) throw malformed("the message is no call", parser, start + 3);
      const [name, count] = [parser.value(), parser.value()];
      if (typeof name !== "string" || typeof count !== "number" || !(count >= 0 && count <= end - parser.p))
        throw malformed("a call without a name or a number of arguments", parser);
      return { name, count, reply: 2, headers: NO_HEADERS, parser };
    },
    writeFault: (fault: Fault, out: Output): void => faults.write(fault, out),
    inVersion1: (message: Uint8Array, out: Output): void =>
      writeReply1(new Parser(message, 0, message.length, limits, true), out),
  });
}

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** Values without a class, as an object of the struct: what the fields are is known by position. */
function asObject(type: StructType, values: readonly unknown[]): ObjectNode {
  const fields = type.fields.map((field) => field.name);
  const node = new ObjectNode(new ClassShape({ name: type.name, fields }));
  type.fields.forEach((_, i) => {
    node.values[i] = values[i];
  });
  return node;
}
