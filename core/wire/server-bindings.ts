import type { Peer } from "../context.ts";
import { RpcError } from "../error.ts";
import type { ServerHost } from "../transport.ts";
import { bindMisfit } from "./contract-json.ts";
import { MAX_OPERATIONS, readU16 } from "./frame.ts";
import type { WireLimits } from "./limits.ts";
import { readJson } from "./message.ts";
import { protocolError } from "./protocol-error.ts";
import { type AskedOperation, type BindRequest, bindOperations } from "./server-operation.ts";
import { tooManyBindings } from "./too-many-bindings.ts";

/** The names of operations are kept as long as the binding; stops a client that makes them huge. */
const MAX_NAME_LENGTH = 200;
const MAX_MESSAGE_LENGTH = 8192;

interface Binding {
  readonly base: number;
  /** How many operation numbers it has. */
  operations: number;
  /** How often it counts against `maxBindings`. */
  counted: number;
}

export interface BindingsOptions {
  readonly host: ServerHost;
  readonly limits: WireLimits;
  /** Sends BOUND; throws where the answer is longer than the client takes, or the client does not read. */
  answer(binding: number, json: object | string): void;
  /** Told of refusals that the server should hear of. */
  report(error: unknown): void;
}

/** What a client binds on one connection: which operation has which number, and how many contracts that makes. */
export class ServerBindings {
  /** By number. A text is the path of an operation that the service does not have, or that is not agreed on yet. */
  readonly operations: (AskedOperation | undefined)[] = [];
  readonly #options: BindingsOptions;
  /** By their numbers. */
  readonly #bindings = new Map<number, Binding>();
  #count = 0;
  /** A BIND was refused whose names nobody read: those that follow leave a gap, and may. */
  #mayLeaveGap = false;

  constructor(options: BindingsOptions) {
    this.#options = options;
  }

  /** BIND = binding:u16 base:u16 json */
  onBind(bytes: Uint8Array, body: number, end: number, peer: Peer): void {
    const binding = readU16(bytes, body);
    const base = readU16(bytes, body + 2);
    const before = this.#bindings.get(binding);
    if (before !== undefined && before.base !== base) throw protocolError("BIND has the number of another binding");
    const misfit = bindMisfit(bytes, body + 4, end, this.#options.limits);
    if (misfit !== undefined) {
      this.#mayLeaveGap = true;
      this.#refuse(binding, misfit, peer);
      return;
    }
    const ask = readJson(bytes, body + 4, end);
    const names = ask["operations"];
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string" && name.length <= MAX_NAME_LENGTH)) {
      throw protocolError(`BIND without operations, or with a name over ${MAX_NAME_LENGTH} characters`);
    }
    if ((base > this.operations.length && !this.#mayLeaveGap) || base + names.length > MAX_OPERATIONS) {
      throw protocolError("BIND leaves a gap between operation numbers");
    }
    const bind = before ?? { base, operations: 0, counted: 0 };
    bind.operations = Math.max(bind.operations, names.length);
    this.#bindings.set(binding, bind);
    // Until the contract is agreed on the numbers are taken, so that a BIND that follows at once leaves no gap.
    const counted = this.#count;
    const bound = this.#agree(binding, ask, names, peer) ?? names;
    bind.counted += this.#count - counted;
    for (const [i, operation] of bound.entries()) this.operations[base + i] = operation;
  }

  /** The numbers are free again; what is called and not yet answered goes on. */
  onUnbind(binding: number): void {
    const bound = this.#bindings.get(binding);
    if (bound === undefined) return;
    this.#bindings.delete(binding);
    this.#count -= bound.counted;
    const { operations } = this;
    const end = Math.min(bound.base + bound.operations, operations.length);
    for (let i = bound.base; i < end; i++) operations[i] = undefined;
    while (operations.length > 0 && operations[operations.length - 1] === undefined) operations.pop();
  }

  /** The operations; `undefined` where the client must send its contract first, or the two sides do not fit. */
  #agree(
    binding: number,
    ask: Record<string, unknown>,
    names: readonly string[],
    peer: Peer,
  ): readonly AskedOperation[] | undefined {
    const { host, limits, answer } = this.#options;
    const text = (key: string): string => String(ask[key] ?? "");
    const request: BindRequest = {
      service: text("service"),
      version: text("version"),
      group: text("group"),
      codec: text("codec"),
      fingerprint: text("fingerprint"),
      operations: names,
      contract: ask["contract"],
      shared: ask["shared"] === true,
    };
    try {
      // What fails counts too: a client must not ask for ever.
      if (++this.#count > limits.maxBindings) throw tooManyBindings(limits.maxBindings);
      const result = bindOperations(request, host, limits, peer);
      answer(binding, result.answer);
      if (result.operations === undefined) this.#count--;
      return result.operations;
    } catch (error) {
      this.#refuse(binding, error, peer);
      return undefined;
    }
  }

  /** Tells the client; and the server too, where a limit was broken, the contract is none, or nobody foresaw it. */
  #refuse(binding: number, thrown: unknown, { address }: Peer): void {
    const { answer, report } = this.#options;
    const { code, message } = RpcError.from(thrown, "the contract could not be bound");
    answer(binding, { error: { code, message: message.slice(0, MAX_MESSAGE_LENGTH) } });
    if (!RpcError.is(thrown)) report(thrown);
    else if (code === "RESOURCE_EXHAUSTED" || code === "INVALID_ARGUMENT")
      report(new RpcError({ code, message: `a contract from ${address} was refused: ${message}` }));
  }
}
