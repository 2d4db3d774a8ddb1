/** For users: declaring a contract. */

export { type ConnectOptions, connect } from "./connect.ts";
export { type Accepted, type Admission, type Authenticate, accept, refuse } from "./core/admission.ts";
export { type Balancer, type BalancerFactory, powerOfTwoChoices, roundRobin } from "./core/balancer.ts";
export { type RetainedCallback, retain } from "./core/callback.ts";
export type { ReferOptions, RpcClient } from "./core/client.ts";
export type {
  CallOptions,
  Client,
  MulticastReply,
  OnewayMethod,
  StreamMethod,
  UnaryMethod,
} from "./core/client-types.ts";
export { type CloneOptions, clone } from "./core/clone.ts";
export type { Code } from "./core/code.ts";
export type { CallContext, Peer } from "./core/context.ts";
export type { ContractDescriptor, MethodDescriptor, TopicDescriptor } from "./core/contract.ts";
export type { ErrorClass } from "./core/declared-error.ts";
export { oneway, rpc, stream, topic } from "./core/definition.ts";
export { RpcError, type RpcErrorOptions } from "./core/error.ts";
export type { ErrorSource } from "./core/error-source.ts";
export { Future } from "./core/future.ts";
export type { Call, Interceptor, Next, Reply } from "./core/interceptor.ts";
export type { JsonValue } from "./core/json-value.ts";
export type { Metadata } from "./core/metadata.ts";
export { arg } from "./core/param.ts";
export type { Instance, InstanceQuery, Registry } from "./core/registry.ts";
export { typeOf } from "./core/schema/translate.ts";
export type { RpcServer } from "./core/server.ts";
export {
  type Contract,
  type ContractClass,
  contractOf,
  defineService,
  type Handlers,
  implement,
  service,
  unimplemented,
} from "./core/service.ts";
export { t } from "./core/t.ts";
export type { Delivery, PublishOptions, SubscribeOptions, Subscription, Topic } from "./core/topic.ts";
export type { Infer } from "./core/type.ts";
export { currentCall } from "./platform-node.ts";
/** For users: serving and calling. */
export { type ServeOptions, serve } from "./serve.ts";
