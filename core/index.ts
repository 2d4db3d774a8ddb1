/*
 * For authors of codecs, transports, registries and balancers: the ports, and what every implementation needs.
 * Users of the framework import from `trunkline` itself.
 */

export type { Balancer, BalancerFactory, Candidate } from "./balancer.ts";
/** For codecs: where bytes go, what types are, and whether one type can be read as another. */
export { Output } from "./bytes/output.ts";
export type { Attempt, Carrier } from "./call/attempt.ts";
export { OutgoingCall } from "./call/outgoing.ts";
export { type Timed, TimerWheel } from "./call/timer-wheel.ts";
export { type Code, codeFromNumber, codes } from "./code.ts";
/** The ports. */
export { type Codec, type CodecLimits, type CompiledCodec, type CompileOptions, defaultCodecLimits } from "./codec.ts";
export { compileCopy } from "./compile/copy.ts";
export { roomFor } from "./compile/entry.ts";
/** For codecs: what the value of a message may take, and what values take. */
export { memoryFor, overMemory, valueCost } from "./compile/memory.ts";
export { plain, setOwn } from "./compile/plain.ts";
/** For transports: calls, contracts, time. */
export type { CallContext, Peer } from "./context.ts";
export type {
  CallbackDescriptor,
  ContractDescriptor,
  MethodDescriptor,
  MethodKind,
  TopicDescriptor,
} from "./contract/contract.ts";
export { type PrintedContract, printContract } from "./contract/print.ts";
/** Errors, and the checks that make them. */
export { RpcError, type RpcErrorOptions } from "./error.ts";
export { type ErrorListener, type ErrorSource, sourceOf } from "./error-source.ts";
export type { JsonValue } from "./json-value.ts";
export { type AcceptedSession, Acceptor } from "./link/acceptor.ts";
export { type BackoffOptions, backoffMs, defaultBackoff } from "./link/backoff.ts";
export { ReconnectingLink, type ReconnectingLinkOptions } from "./link/reconnecting-link.ts";
export { Redial } from "./link/redial.ts";
export type { Connect, LinkSession, SessionUser } from "./link/session.ts";
export { createMetadata, emptyMetadata, type Metadata } from "./metadata.ts";
export type { Platform } from "./platform.ts";
export { type Instance, type InstanceQuery, matches, type Registry, sameMajor } from "./registry.ts";
export type {
  TopicBackend,
  TopicBackendFactory,
  TopicDelivery,
  TopicMessage,
  TopicRequest,
  TopicSite,
} from "./topic/backend.ts";
export type {
  ClientEnvironment,
  IncomingCall,
  Link,
  LinkState,
  Listener,
  ServedOperation,
  ServedService,
  ServerHost,
  ServicePort,
  StreamRequest,
  Transport,
} from "./transport.ts";
export { checkReadable } from "./type/compat.ts";
export { explain, mismatch } from "./type/explain.ts";
export type {
  BytesType,
  EnumType,
  ErrorType,
  Field,
  ListType,
  MapType,
  Param,
  RecordType,
  ScalarType,
  StructType,
  Type,
  UnionType,
} from "./type/type.ts";
export { WireAcceptor } from "./wire/acceptor.ts";
export { defaultWireLimits, resolveWireLimits, type WireLimits } from "./wire/limits.ts";
export { WireLink, type WireLinkOptions } from "./wire/link.ts";
/** For transports of bytes: the multiplexed protocol over any pipe. */
export type { Dial, Pipe, PipeUser } from "./wire/pipe.ts";
