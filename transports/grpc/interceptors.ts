import type {
  ChannelInterface,
  Metadata as GrpcMetadata,
  Interceptor,
  InterceptorOptions,
  NextCall,
} from "@grpc/grpc-js";

/** A call of grpc-js below its client stubs: messages are bytes there. Without interceptors it is the channel's own. */
export type WireCall = Pick<
  GrpcCall,
  "start" | "sendMessageWithContext" | "startRead" | "halfClose" | "cancelWithStatus"
>;
type GrpcCall = ReturnType<ChannelInterface["createCall"]>;
type WireListener = Parameters<GrpcCall["start"]>[1];

export interface InterceptingOptions {
  readonly channel: ChannelInterface;
  readonly interceptors: readonly Interceptor[];
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

const NEVER = Number.POSITIVE_INFINITY;
const same = (bytes: Buffer): Buffer => bytes;

/** What makes the calls of one method, through the interceptors that its client was given. */
export function intercepting(options: InterceptingOptions): () => WireCall {
  const { channel, interceptors, path, requestStream, responseStream } = options;
  if (interceptors.length === 0) return () => channel.createCall(path, NEVER, null, null, null);
  const bottom: NextCall = (given) => new BottomCall(callOf(channel, path, given), responseStream) as never;
  const outermost = interceptors.reduceRight<NextCall>(
    (next, interceptor) => (given) => interceptor(given, next),
    bottom,
  );
  const method_definition = {
    path,
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  return () => outermost({ method_definition }) as never;
}

function callOf(channel: ChannelInterface, path: string, given: InterceptorOptions): GrpcCall {
  const { deadline = NEVER, host, parent = null, propagate_flags: flags, credentials } = given;
  const call = channel.createCall(path, deadline, host, parent, flags);
  if (credentials) call.setCredentials(credentials);
  return call;
}

/** What interceptors find beneath them: as grpc-js has it, one that expects a single answer asks for it itself. */
class BottomCall {
  readonly #call: GrpcCall;
  readonly #responseStream: boolean;

  constructor(call: GrpcCall, responseStream: boolean) {
    this.#call = call;
    this.#responseStream = responseStream;
  }

  start(metadata: GrpcMetadata, listener: WireListener): void {
    this.#call.start(metadata, listener);
    if (!this.#responseStream) this.#call.startRead();
  }

  sendMessage(message: Buffer): void {
    this.#call.sendMessageWithContext({}, message);
  }

  sendMessageWithContext(context: object, message: Buffer): void {
    this.#call.sendMessageWithContext(context, message);
  }

  startRead(): void {
    this.#call.startRead();
  }

  halfClose(): void {
    this.#call.halfClose();
  }

  cancelWithStatus(status: number, details: string): void {
    this.#call.cancelWithStatus(status, details);
  }

  getPeer(): string {
    return this.#call.getPeer();
  }

  getAuthContext(): unknown {
    return this.#call.getAuthContext();
  }
}
