import type { Attempt } from "../../core/call/attempt.ts";
import { keepStack } from "../../core/call/caller-stack.ts";
import type { Codec } from "../../core/codec.ts";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { RpcError } from "../../core/error.ts";
import { refusedCall } from "../../core/link/gone.ts";
import type { Link, ServicePort, StreamRequest } from "../../core/transport.ts";
import type { MemoryConnection } from "./connection.ts";
import { agree, type MemoryOperation } from "./operation.ts";

/** What a port needs of its link. */
interface PortLink extends Link {
  readonly options: { readonly isolate: boolean };
  forget(port: MemoryPort): void;
}

/** One contract on one link; agreed on again at every reconnect. */
export class MemoryPort implements ServicePort {
  refused: RpcError | undefined;
  readonly contract: ContractDescriptor;
  readonly codec: Codec;
  /** Who bound it and has not released it; at 0 it is gone for good. */
  users = 0;
  readonly #link: PortLink;
  #connection: MemoryConnection | undefined;
  #operations: readonly (MemoryOperation | undefined)[] = [];

  constructor(link: PortLink, contract: ContractDescriptor, codec: Codec) {
    this.#link = link;
    this.contract = contract;
    this.codec = codec;
  }

  /** Agrees on the contract. A refusal holds until the next connection: the server may be another by then. */
  attach(connection: MemoryConnection): void {
    const isolate = this.#link.options.isolate || connection.isolate;
    this.#connection = connection;
    connection.bound(1);
    try {
      connection.checkBindings();
      this.#operations = agree(this.contract, this.codec, connection, isolate);
      this.refused = undefined;
    } catch (error) {
      this.#operations = [];
      this.refused = keepStack(RpcError.from(error, String(error)));
    }
  }

  release(): void {
    if (--this.users > 0) return;
    this.#link.forget(this);
    this.#connection?.bound(-1);
    this.#connection = undefined;
    this.#operations = [];
    this.refused = refusedCall("reference", this.contract.name);
  }

  send(call: Attempt): void {
    const operation = this.#operations[call.method.index];
    const connection = this.#connection;
    if (connection === undefined || connection.draining || operation === undefined)
      call.fail(this.#why(call.method.name));
    else connection.send(call, operation);
  }

  open(request: StreamRequest): AsyncIterable<unknown> {
    const operation = this.#operations[request.method.index];
    const connection = this.#connection;
    if (connection === undefined || connection.draining || operation === undefined)
      throw this.#why(request.method.name);
    return connection.openStream(request, operation);
  }

  #why(method: string): RpcError {
    if (this.refused) return this.refused;
    if (this.#connection !== undefined && !this.#connection.draining) {
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
