// Serving and calling.

export { type ConnectOptions, connect } from "./connect.ts";
export { type RetainedCallback, retain } from "./core/call/callback.ts";
export { Future } from "./core/call/future.ts";
export type { GenericOptions, ReferOptions, RpcClient } from "./core/client/client.ts";
export type {
  CallOptions,
  Client,
  MulticastReply,
  OnewayMethod,
  StreamMethod,
  Topics,
  UnaryMethod,
} from "./core/client/client-types.ts";
export type { Generic } from "./core/client/generic.ts";
export type { GenericArguments } from "./core/client/generic-values.ts";
export { type Accepted, type Admission, type Authenticate, accept, refuse } from "./core/link/admission.ts";
export type { RpcHandler, ServerUpdate } from "./core/server/handler.ts";
export { Health, type HealthStatus, type ServerHealth } from "./core/server/health.ts";
export type { RpcServer } from "./core/server/server.ts";
export { type Mock, type MockHandlers, mock } from "./mock.ts";
export { currentCall } from "./platform-node.ts";
export { createHandler, type HandlerOptions, type ServeOptions, serve } from "./serve.ts";

// Contracts as data.

export type {
  CallbackJson,
  ContractJson,
  EncodingJson,
  FieldJson,
  MemberJson,
  NamedJson,
  ParamJson,
  ResultJson,
  TypesJson,
} from "./core/contract/contract-json.ts";
export { Contracts } from "./core/contract/contracts.ts";
export type { ContractLimits } from "./core/contract/limits.ts";
export { printContract } from "./core/contract/print-contract.ts";
export { readContract } from "./core/contract/read-contract.ts";

// Declaring a contract, and doing its work.

export type {
  CallbackDescriptor,
  ContractDescriptor,
  MessageShape,
  MethodDescriptor,
  MethodKind,
  TopicDescriptor,
} from "./core/contract/contract.ts";
export {
  type Definition,
  type MethodDefinition,
  type OnewayDefinition,
  type OnewayOptions,
  oneway,
  type Params,
  type Returns,
  type RpcDefinition,
  type RpcOptions,
  rpc,
  type StreamDefinition,
  type StreamOptions,
  stream,
  type Throws,
  type TopicDefinition,
  topic,
  type Untyped,
  type UntypedDefinition,
} from "./core/contract/definition.ts";
export type { ServiceOptions } from "./core/contract/describe.ts";
export type { HttpBinding, HttpRule } from "./core/contract/http-rule.ts";
export type { PathSegment, PathTemplate, PathVariable } from "./core/contract/path-template.ts";
export {
  type Contract,
  type ContractClass,
  type ContractLike,
  contractOf,
  defineService,
  type Handlers,
  type Members,
  service,
  unimplemented,
} from "./core/contract/service.ts";
export { arg, type DeclaredParam } from "./core/schema/param.ts";
export { type StructOptions, t } from "./core/schema/t.ts";
export { type Implementation, implement, type Servable } from "./core/server/implementation.ts";

// Schemas of other libraries.

export { typeOf } from "./core/schema/translate.ts";
export type {
  Check,
  CheckResult,
  DocumentSchema,
  ProtobufDescriptor,
  Schema,
  SchemaIssue,
  SchemaValue,
  StandardSchema,
} from "./core/type/schema.ts";

// What a handler, an interceptor and an error listener get.

export type {
  AttemptCall,
  AttemptInfo,
  AttemptInterceptor,
  AttemptNext,
  Call,
  Interceptor,
  Next,
  Reply,
} from "./core/call/interceptor.ts";
export type { CallContext, Peer } from "./core/context.ts";
export type { ErrorSource } from "./core/error-source.ts";
export type { JsonValue } from "./core/json-value.ts";
export {
  bytesOf,
  createMetadata,
  type Metadata,
  type MetadataInput,
  type MetadataValue,
  valuesOf,
} from "./core/metadata.ts";

// Errors.

export type { Code } from "./core/code.ts";
export { type DeclaredErrorOptions, RpcError, type RpcErrorOptions } from "./core/error.ts";
export type { ErrorClass, ErrorOptions } from "./core/schema/declared-error.ts";

// Topics.

export type {
  Delivery,
  Message,
  MessagesOptions,
  PublishOptions,
  SubscribeOptions,
  Subscription,
  Topic,
} from "./core/contract/topic.ts";
export type { TopicLimits } from "./core/topic/limits.ts";

// Values.

export { type CloneOptions, clone } from "./core/schema/clone.ts";

// Ports, and what chooses among adapters.

export { type Balancer, type BalancerFactory, type Candidate, powerOfTwoChoices, roundRobin } from "./core/balancer.ts";
export { type FailoverOptions, failover } from "./core/client/failover.ts";
export type {
  BegunAttempt,
  Cluster,
  ClusterFactory,
  Decision,
  EndedAttempt,
  FailedAttempt,
} from "./core/cluster.ts";
export type { Codec, CodecLimits, CompiledCodec, CompileOptions } from "./core/codec.ts";
export type {
  Instance,
  InstanceChanges,
  InstanceQuery,
  InstanceSet,
  InstanceWatcher,
  Registration,
  Registry,
  VersionRule,
} from "./core/registry.ts";
export type { RoutedCall, RoutedKind, Router, RouterFactory } from "./core/router.ts";
export type { Link, Listener, Transport } from "./core/transport.ts";

// What a user's own declarations name: the types that the builders of `t` return, and what they are made of.

export type {
  AnyKindType,
  BoolType,
  BytesType,
  CallbackOf,
  CallbackType,
  Checkable,
  DecimalType,
  DefaultOf,
  DefaultType,
  Encodable,
  EnumType,
  ErrorType,
  Field,
  FieldType,
  Float32Type,
  Float64Type,
  Infer,
  InferFields,
  InferInput,
  InferInputFields,
  InferInputParams,
  InferInputResult,
  InferParams,
  InferResult,
  Int32Type,
  Int53Type,
  Int64Type,
  ListOf,
  ListType,
  MapOf,
  MapType,
  NumberedOf,
  NumberedType,
  OptionalOf,
  OptionalType,
  Param,
  ParamType,
  ScalarType,
  SchemaOf,
  Simplify,
  StreamOf,
  StreamType,
  StringType,
  StructFor,
  StructOf,
  StructType,
  TimestampType,
  TransientOf,
  TransientType,
  Type,
  UnionFor,
  UnionOf,
  UnionType,
} from "./core/type/type.ts";
