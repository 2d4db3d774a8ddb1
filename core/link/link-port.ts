import type { Attempt } from "../call/attempt.ts";
import { keepStack } from "../call/caller-stack.ts";
import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import type { Link, ServicePort, StreamRequest } from "../transport.ts";
import { refusedCall } from "./gone.ts";
import type { LinkSession } from "./session.ts";

/** One contract on one link; its operations are others at every reconnect. */
export class LinkPort<O> implements ServicePort {
  readonly contract: ContractDescriptor;
  readonly codec: Codec;
  /** Resolves when the last `attach` is decided: agreed on, refused, or lost with its connection. */
  attached: Promise<void> = Promise.resolve();
  /** Who bound it and has not released it; at 0 it is gone for good. */
  users = 0;
  readonly #link: Pick<Link, "url" | "state" | "reason">;
  /** Tells the link that nobody uses it any more. */
  readonly #forget: (port: LinkPort<O>) => void;
  /** Where it is agreed on. */
  #session: LinkSession<O> | undefined;
  /** Where it was last asked for. */
  #asked: LinkSession<O> | undefined;
  #operations: readonly (O | undefined)[] = [];
  #refused: RpcError | undefined;

  constructor(
    link: Pick<Link, "url" | "state" | "reason">,
    { contract, codec }: Pick<LinkPort<O>, "contract" | "codec">,
    forget: (port: LinkPort<O>) => void,
  ) {
    this.#link = link;
    this.#forget = forget;
    this.contract = contract;
    this.codec = codec;
  }

  /** Agrees on the contract over a connection. A refusal holds until the next one: the server may be another by then. */
  attach(session: LinkSession<O>): void {
    this.#asked = session;
    this.attached = session.bind(this.contract, this.codec, this).then(
      (operations) => {
        if (this.users === 0) return;
        this.#operations = operations;
        this.#session = session;
        this.#refused = undefined;
      },
      (error: unknown) => {
        // A connection lost meanwhile says nothing about the contract.
        if (!session.closed && this.users > 0) this.#refused = keepStack(RpcError.from(error, String(error)));
        this.#session = undefined;
      },
    );
  }

  get refused(): RpcError | undefined {
    return this.#refused;
  }

  release(): void {
    if (--this.users > 0) return;
    this.#forget(this);
    this.#refused = refusedCall("reference", this.contract.name);
    // Its numbers may be those of another contract from now on.
    this.#session = undefined;
    this.#operations = [];
    this.#asked?.unbind(this);
  }

  send(call: Attempt): void {
    const operation = this.#operations[call.method.index];
    const session = this.#session;
    if (session === undefined || session.closed || session.draining || operation === undefined) {
      call.fail(this.#why(session, call.method.name));
      return;
    }
    session.send(call, operation);
  }

  open(request: StreamRequest): AsyncIterable<unknown> {
    const operation = this.#operations[request.method.index];
    const session = this.#session;
    if (session === undefined || session.closed || session.draining || operation === undefined)
      throw this.#why(session, request.method.name);
    return session.openStream(request, operation);
  }

  #why(session: LinkSession<O> | undefined, method: string): RpcError {
    if (this.#refused) return this.#refused;
    if (session !== undefined && !session.closed && !session.draining) {
      return new RpcError({
        code: "UNIMPLEMENTED",
        message: `${this.contract.name} at ${this.#link.url} has no ${method}; deploy a server that has, or check the contract`,
        retryable: true,
      });
    }
    const reason = this.#link.reason?.message ?? this.#link.state;
    return new RpcError({
      code: "UNAVAILABLE",
      message: `${this.#link.url} is not connected: ${reason}`,
      retryable: true,
    });
  }
}
