import type { Output } from "../bytes/output.ts";
import { type CodedOperation, servedCodec } from "../call/addressed.ts";
import { boundOperation, type Origin, ServedCall } from "../call/incoming.ts";
import { compileOperations } from "../call/operation-codec.ts";
import type { Credit } from "../call/stream.ts";
import { wireText } from "../contract/print-contract.ts";
import { readDescribed } from "../contract/read-contract.ts";
import { RpcError } from "../error.ts";
import type { Metadata } from "../metadata.ts";
import type { ServerHost } from "../transport.ts";
import type { Items } from "./connection.ts";
import type { WireLimits } from "./limits.ts";

/** An operation that a client may call by its number on this connection. */
export interface ServerOperation extends CodedOperation {
  /** Whether the client takes one item for several of its streams. */
  readonly sharesItems: boolean;
}

/** A call being served on a connection. */
export class WireCall extends ServedCall<ServerOperation> implements Items {
  readonly callId: number;
  /** Metadata that leaves with the next item or the reply. */
  head: Metadata | undefined = undefined;

  constructor(operation: ServerOperation, callId: number, metadata: Metadata, until: number | undefined) {
    super(operation, metadata, until);
    this.callId = callId;
  }

  get credit(): Credit {
    return this.downstream as Credit;
  }

  encodeItem(item: unknown, out: Output): void {
    this.operation.codec.encodeResult(item, out);
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
  /** Whether the client takes one item for several of its streams. */
  readonly shared: boolean;
}

/** One entry per operation asked for: ready to be called, or the path of one that the service has not. */
export type AskedOperation = ServerOperation | string;

/** The answer to BIND, as JSON, and what it bound; the latter is missing if the client must send its contract first. */
export interface BindResult {
  readonly answer: string;
  readonly operations: readonly AskedOperation[] | undefined;
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
  const codec = servedCodec(host, ask.codec);
  const { contract } = service;
  const same = contract.fingerprint === ask.fingerprint;
  if (!same && ask.contract === undefined) return { answer: '{"send":"contract"}', operations: undefined };
  const foreign = same ? undefined : readDescribed(ask.contract, limits).operations;
  const codecs = compileOperations(contract, { codec, limits, foreign, calls: false });
  const byName = new Map(codecs.map((one, i) => [contract.operations[i]?.name, one]));
  const operations = ask.operations.map((name): AskedOperation => {
    const codec = byName.get(name);
    const served = codec && service.operations[codec.method.index];
    if (codec === undefined || served === undefined) return `${contract.name}.${name.slice(0, 200)}`;
    const { instance, wheel } = host;
    const origin = { service: contract.name, method: codec.method.name, instance, peer, wheel };
    return { ...boundOperation(served, origin), codec, sharesItems: ask.shared };
  });
  const fingerprint = JSON.stringify(contract.fingerprint);
  const theContract = same ? "" : `,"contract":${wireText(contract)}`;
  return { answer: `{"fingerprint":${fingerprint}${theContract}}`, operations };
}
