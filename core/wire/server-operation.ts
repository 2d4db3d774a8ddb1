import { packResult, type Unpack, unpacker, unpackResult } from "../call/arguments.ts";
import { type Origin, ServedCall } from "../call/incoming.ts";
import type { Credit, StreamReader } from "../call/stream.ts";
import type { TimerWheel } from "../call/timer-wheel.ts";
import { wireText } from "../contract/print-contract.ts";
import { readDescribed } from "../contract/read-contract.ts";
import { RpcError } from "../error.ts";
import type { Metadata } from "../metadata.ts";
import type { ServedOperation, ServerHost } from "../transport.ts";
import type { WireLimits } from "./limits.ts";
import { compileOperations, type WireOperation } from "./operation.ts";

/** An operation that a client may call by its number on this connection. */
export interface ServerOperation {
  readonly wire: WireOperation;
  readonly served: ServedOperation;
  readonly origin: Origin;
  readonly unpack: Unpack;
  readonly pack: (value: unknown) => unknown;
  readonly unpackItem: (record: unknown) => unknown;
  /** A unary method without callbacks or streams, which needs nothing beyond its arguments. */
  readonly plain: boolean;
}

/** A call being served on a connection: the handler's context, and what the connection holds for it. */
export class WireCall extends ServedCall {
  readonly operation: ServerOperation;
  readonly callId: number;
  upstream: StreamReader | undefined = undefined;
  downstream: Credit | undefined = undefined;

  constructor(
    operation: ServerOperation,
    callId: number,
    metadata: Metadata,
    deadline: number | undefined,
    wheel: TimerWheel,
  ) {
    super(operation.origin, metadata, deadline, wheel);
    this.operation = operation;
    this.callId = callId;
  }
}

/** What a client asks for with BIND. */
export interface BindRequest {
  readonly service: string;
  readonly version: string;
  readonly group: string;
  readonly codec: string;
  readonly fingerprint: string;
  readonly operations: readonly string[];
  readonly contract?: unknown;
}

/** One entry per operation asked for: ready to be called, or the path of one that the service has not. */
export type BoundOperation = ServerOperation | string;

/** The answer to BIND, as JSON, and what it bound; the latter is missing if the client must send its contract first. */
export interface BindResult {
  readonly answer: string;
  readonly operations: readonly BoundOperation[] | undefined;
}

/** Agrees on a contract. Throws where there is no such service or codec, or where the two contracts do not fit. */
export function bindOperations(
  ask: BindRequest,
  host: ServerHost,
  limits: WireLimits,
  peer: Origin["peer"],
): BindResult {
  const service = host.find(ask.service, ask);
  if (RpcError.is(service)) throw service;
  const codec = host.codecs.get(ask.codec);
  if (codec === undefined) {
    const known = [...host.codecs.keys()].join(", ");
    const message = `the server has no codec ${ask.codec.slice(0, 40)}; it has ${known}`;
    throw new RpcError({ code: "UNIMPLEMENTED", message });
  }
  const { contract } = service;
  const same = contract.fingerprint === ask.fingerprint;
  if (!same && ask.contract === undefined) return { answer: '{"send":"contract"}', operations: undefined };
  const foreign = same ? undefined : readDescribed(ask.contract, limits);
  const compiled = compileOperations(contract, { codec, limits, foreign, calls: false });
  const byName = new Map(compiled.map((wire, i) => [contract.operations[i]?.name, wire]));
  const operations = ask.operations.map((name): BoundOperation => {
    const wire = byName.get(name);
    const served = wire && service.operations[wire.method.index];
    if (wire === undefined || served === undefined) return `${contract.name}.${name.slice(0, 200)}`;
    const origin = { service: contract.name, method: wire.method.name, instance: host.instance, peer };
    return serverOperation(wire, served, origin);
  });
  const fingerprint = JSON.stringify(contract.fingerprint);
  const theContract = same ? "" : `,"contract":${wireText(contract)}`;
  return { answer: `{"fingerprint":${fingerprint}${theContract}}`, operations };
}

function serverOperation(wire: WireOperation, served: ServedOperation, origin: Origin): ServerOperation {
  const { method } = wire;
  return {
    wire,
    served,
    origin,
    unpack: unpacker(method),
    pack: packResult(method.bareResponse, method.response.fields.length === 0),
    unpackItem: unpackResult(method.upstream?.bare ?? true),
    plain: method.kind === "unary" && method.streamParam < 0 && method.callbacks.length === 0,
  };
}
