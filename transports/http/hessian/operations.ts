import {
  type Envelope,
  type Fault,
  hessianEnvelope,
  type IncomingCall,
  type MethodEnvelope,
} from "../../../codecs/hessian2/index.ts";
import { messageBytes } from "../../../core/bytes/output.ts";
import { OperationCodec } from "../../../core/call/operation-codec.ts";
import type { CodecLimits, CompiledCodec } from "../../../core/codec.ts";
import {
  type ContractDescriptor,
  type MethodDescriptor,
  untypedRequest,
  untypedResponse,
} from "../../../core/contract/contract.ts";
import { Memo } from "../../../core/memo.ts";
import { MethodNames } from "./method-names.ts";
import type { ValueOptions } from "./serving.ts";

/** The kind of a message, behind `H 02 00`. */
const FAULT = 0x46;
const ATTRIBUTES = ["java.api.class", "java.home.class", "java.object.class"];
const untypedMethod = {
  name: "_hessian_getAttribute",
  request: untypedRequest,
  response: untypedResponse,
  bareRequest: false,
  bareResponse: false,
  untyped: true,
};

/** The operations of contracts, whose messages are those of Hessian's RPC: a call with its name, a reply or fault. */
export class HessianOperations {
  readonly envelope: Envelope;
  readonly #codecs = new Memo<ContractDescriptor, readonly (OperationCodec | undefined)[]>();
  readonly #attribute: MethodEnvelope;
  readonly #messages = new WeakMap<OperationCodec, MethodEnvelope>();
  readonly #names = new Memo<ContractDescriptor, MethodNames>();
  /** What was read last: its arguments are wanted next, mostly. */
  #last: { readonly bytes: Uint8Array; readonly call: IncomingCall } | undefined;

  constructor(values: ValueOptions, limits: CodecLimits) {
    this.envelope = hessianEnvelope({ ...values, limits });
    this.#attribute = this.envelope.method(untypedMethod);
  }

  /** Each at the index of its operation; `undefined` for what Hessian cannot carry. */
  codecsOf(contract: ContractDescriptor): readonly (OperationCodec | undefined)[] {
    return this.#codecs.of(contract, () =>
      contract.operations.map((method) => (isCarried(method) ? this.#codecOf(contract.name, method) : undefined)),
    );
  }

  /** The method that a call means, with its codec; `undefined` where there is none. */
  find(contract: ContractDescriptor, { name, count }: IncomingCall): OperationCodec | undefined {
    const names = this.#names.of(contract, () => new MethodNames(contract.operations.filter(isCarried)));
    const method = names.find(name, count);
    return method && this.codecsOf(contract)[method.index];
  }

  /** Throws where the bytes are no call. */
  read(bytes: Uint8Array): IncomingCall {
    const call = this.envelope.readCall(bytes, 0, bytes.length);
    this.#last = { bytes, call };
    return call;
  }

  /** What the reply to a call says in place of a result; `undefined` where it is a result. Throws where it cannot be read. */
  faultOf(codec: OperationCodec, reply: Uint8Array): Fault | undefined {
    if (reply[3] !== FAULT) return undefined;
    return this.#messages.get(codec)?.decodeReply(reply, 0, reply.length).fault;
  }

  /** The reply to Java's client, which asks which interface a URL has. */
  tellAttribute(call: IncomingCall, { name }: ContractDescriptor): Uint8Array {
    const { args } = this.#attribute.decodeCall(call) as { args: unknown[] };
    const result = ATTRIBUTES.includes(args[0] as string) ? name : null;
    return messageBytes(Number.POSITIVE_INFINITY, (out) => this.#attribute.encodeReply({ result }, out));
  }

  #codecOf(service: string, method: MethodDescriptor): OperationCodec {
    const messages = this.envelope.method(method);
    const request: CompiledCodec = {
      encodeInto: messages.encodeCall,
      decode: (bytes, start, end) => {
        const last = this.#last;
        this.#last = undefined;
        return messages.decodeCall(last?.bytes === bytes ? last.call : this.envelope.readCall(bytes, start, end));
      },
    };
    const response: CompiledCodec = {
      encodeInto: messages.encodeReply,
      decode: (bytes, start, end) => messages.decodeReply(bytes, start, end).value,
    };
    const codec = new OperationCodec(
      { service, method },
      { request, response, upstream: undefined, callbacks: [], errors: new Map() },
    );
    this.#messages.set(codec, messages);
    return codec;
  }
}

/** One message there, one back. */
function isCarried({ kind, streamParam, callbacks, topic }: MethodDescriptor): boolean {
  return kind !== "stream" && streamParam < 0 && callbacks.length === 0 && topic === undefined;
}
