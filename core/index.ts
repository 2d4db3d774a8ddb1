/*
 * For authors of codecs, transports, registries and balancers: the ports, and what every implementation needs. Our own adapters
 * import no more than this, from the files themselves; test/layers.test.ts compares. Users import from `trunkline`.
 */

// The ports: what an adapter implements, and is given.

export type { Balancer, BalancerFactory, Candidate } from "./balancer.ts";
export type {
  BegunAttempt,
  Cluster,
  ClusterFactory,
  Decision,
  EndedAttempt,
  FailedAttempt,
} from "./cluster.ts";
export { type Codec, type CodecLimits, type CompiledCodec, type CompileOptions, defaultCodecLimits } from "./codec.ts";
export type { Platform } from "./platform.ts";
export {
  type Instance,
  type InstanceChanges,
  type InstanceQuery,
  type InstanceSet,
  type InstanceWatcher,
  matches,
  type Registration,
  type Registry,
  sameMajor,
  type VersionRule,
} from "./registry.ts";
export type { RoutedCall, RoutedKind, Router, RouterFactory } from "./router.ts";
export type {
  TopicBackend,
  TopicBackendFactory,
  TopicDelivery,
  TopicMessage,
  TopicRequest,
  TopicSite,
} from "./topic/backend.ts";
export type {
  CallHandler,
  ClientEnvironment,
  Door,
  Link,
  LinkState,
  Listener,
  ServedOperation,
  ServedService,
  ServerHost,
  ServicePort,
  StreamRequest,
  Transport,
  WantedService,
} from "./transport.ts";

// The words of every port: errors, metadata, options.

export { type Code, codeFromNumber, codes } from "./code.ts";
export type { CallContext, IncomingCall, Peer } from "./context.ts";
export { messageOf, RpcError, type RpcErrorOptions } from "./error.ts";
export { curtailed, parseErrorHead, printErrorHead } from "./error-head.ts";
export { limited } from "./error-limit.ts";
export { type ErrorListener, type ErrorSource, sourceOf } from "./error-source.ts";
export { isRecord } from "./is-record.ts";
export { type JsonValue, jsonValue } from "./json-value.ts";
export { Memo, PairMemo } from "./memo.ts";
export {
  bytesOf,
  createMetadata,
  emptyMetadata,
  type Metadata,
  type MetadataInput,
  type MetadataValue,
  valuesOf,
} from "./metadata.ts";
export { isQualifiedName } from "./name.ts";
export { checkOptions, kinds, type OptionTable, oneOf } from "./options.ts";
export { isWellFormed, wellFormed } from "./well-formed.ts";

// Types: what they are, whether a value fits one, and whether one can be read as another.

export type { AvroValue } from "./type/avro-value.ts";
export { checkReadable } from "./type/compat.ts";
export {
  DECIMAL,
  explain,
  type FormMisfit,
  fits,
  MAX_TIMESTAMP_MS,
  MIN_TIMESTAMP_MS,
  mismatch,
} from "./type/explain.ts";
export { isType } from "./type/fields.ts";
export { fieldsByName } from "./type/fields-by-name.ts";
export { readTimestamp } from "./type/rfc3339.ts";
export { sameType } from "./type/same.ts";
export { parseScalar } from "./type/scalar-text.ts";
export type {
  BytesType,
  Encodable,
  EnumType,
  ErrorType,
  Field,
  Infer,
  InferInput,
  ListType,
  MapType,
  PackedMessage,
  Param,
  RecordType,
  ScalarType,
  StructFor,
  StructType,
  TimestampType,
  Type,
  UnionType,
} from "./type/type.ts";
export { checkTyped, schemaCheck, untyped } from "./type/typed.ts";
export { type SeenTypes, walkType } from "./type/walk.ts";
export {
  fromDynamic,
  isOwnJson,
  NAMED,
  toDynamic,
  typeNameIn,
  type WellKnownJson,
  wellKnownJson,
  wrappedField,
} from "./type/well-known-json.ts";

// For codecs: text and numbers as bytes, and where bytes go.

export { fromBase64, toBase64 } from "./base64.ts";
export { readAscii, readShortAscii } from "./bytes/ascii.ts";
export * as bigEndian from "./bytes/big-endian.ts";
export { copyBytes, pooledBytes } from "./bytes/byte-copy.ts";
export * as littleEndian from "./bytes/little-endian.ts";
export { messageBytes, Output } from "./bytes/output.ts";
export { indexOfByte, readLatin1, readUtf8, readUtf16, utf16Of, utf16Room, writeUtf8 } from "./bytes/text.ts";
export { isWellFormedAs } from "./bytes/unicode.ts";
export { readText } from "./bytes/utf8.ts";
export {
  MAX_VARINT_BYTES,
  MAX_VARINT32_BYTES,
  readHalves,
  readSmall,
  TWO_32,
  varintSize,
  writeHalves,
  writeVarint,
} from "./bytes/varint.ts";

// For codecs: code made from types, and what values take in memory. The prices are `memory.LIST` and so on.

export { absentLiteral } from "./compile/absent.ts";
export { ByteSource } from "./compile/byte-source.ts";
export { misfitCondition, recordCondition, zero } from "./compile/check.ts";
export { type Copy, compileCopy } from "./compile/copy.ts";
export {
  type Cursor,
  charge,
  cursorOf,
  type LongCursor,
  malformedBy,
  nested,
  type Read,
  readPart,
} from "./compile/cursor.ts";
export { encoder, type Write } from "./compile/encoder.ts";
export { roomFor } from "./compile/entry.ts";
export { entryCode } from "./compile/entry-code.ts";
export { refuseForeign } from "./compile/foreign.ts";
export type { Freeze } from "./compile/freeze.ts";
export { generatesCode } from "./compile/generation.ts";
export { lazyCodec } from "./compile/lazy-codec.ts";
export { structLiteral, structMaker } from "./compile/literal.ts";
export * as memory from "./compile/memory.ts";
export { memoryFor, overMemory, valueCost } from "./compile/memory.ts";
export { isLeft, keyStep, MISFIT, Misfit, refuse, within } from "./compile/misfit.ts";
export { plain, setOwn } from "./compile/plain.ts";
export { RecordReaders } from "./compile/record-readers.ts";
export { RecordWriter } from "./compile/record-writer.ts";
export { member, Shape, Source, safeName } from "./compile/source.ts";

// For adapters with messages and services of their own, and codecs of schemas that others have written.

export { rpc, stream } from "./contract/definition.ts";
export { contractOf, defineService } from "./contract/service.ts";

export { avroJson, fromAvro } from "./schema/avro.ts";
export * as avroDecimal from "./schema/avro-decimal.ts";
export * as avroForm from "./schema/avro-form.ts";
export { arg } from "./schema/param.ts";
export { t } from "./schema/t.ts";

// For transports: contracts.

export {
  type CallbackDescriptor,
  type ContractDescriptor,
  field,
  type MethodDescriptor,
  type MethodKind,
  struct,
  type TopicDescriptor,
  untypedRequest,
  untypedResponse,
} from "./contract/contract.ts";
export type { ContractJson, TypesJson } from "./contract/contract-json.ts";
export { Contracts } from "./contract/contracts.ts";
export { type HttpBinding, httpRule, type PlainRule } from "./contract/http-rule.ts";
export type { PathTemplate } from "./contract/path-template.ts";
export { printContract } from "./contract/print-contract.ts";
export { readContract } from "./contract/read-contract.ts";
export { fromJson, toJson } from "./contract/value-json.ts";
export { namedOperation, wireName } from "./contract/wire-name.ts";

// For transports: calls. An operation with its codec, the server's half of a call, and the client's.

export { type Address, AddressedOperations, type CodedOperation } from "./call/addressed.ts";
export { Answers, type AnswersKeeper, type Posted } from "./call/answers.ts";
export { packer, packFields, packResult, unpacker, unpackFields, unpackResult } from "./call/arguments.ts";
export type { Attempt, Called, Carrier } from "./call/attempt.ts";
export { exhausted, handlerNotRun, neverLeft, noSuchOperation, unreadable } from "./call/call-error.ts";
export type { CallbackPlace } from "./call/callback.ts";
export type { CallbackCodec } from "./call/callback-codec.ts";
export { type CallbackLimits, CallbackTable, type HandedCallback, type Invocation } from "./call/callback-table.ts";
export {
  type CallerEnd,
  endCaller,
  loseCaller,
  type OpenedStream,
  openedStream,
  type ReplyHeard,
  tellMetadata,
  type Upload,
  upload,
} from "./call/caller-end.ts";
export { keepStack } from "./call/caller-stack.ts";
export { Exchange, type ExchangeOptions } from "./call/exchange.ts";
export type { Flow, FlowReader, SharedForms } from "./call/flow.ts";
export { InProgress, type Placed } from "./call/in-progress.ts";
export { type BoundOperation, boundOperation, type Origin, ServedCall } from "./call/incoming.ts";
export type { Reply } from "./call/interceptor.ts";
export {
  compileOperations,
  type DeclaredError,
  OperationCodec,
  type OperationSides,
} from "./call/operation-codec.ts";
export { OutgoingCall, type Sender } from "./call/outgoing.ts";
export { inArguments, inUpstream, type Place, streamArgument } from "./call/place.ts";
export { type ArrivedError, readErrorHead } from "./call/read-error.ts";
export { Reception, type ReceptionOptions, type Request, RequestedCall } from "./call/reception.ts";
export {
  type CallbackCall,
  type CallbackCarrier,
  type RemoteCallback,
  RemoteCallbacks,
} from "./call/remote-callback.ts";
export type { ReplySink } from "./call/reply-sink.ts";
export { deliverySharing, type Sharing } from "./call/sharing.ts";
export { Credit, StreamReader } from "./call/stream.ts";
export { type Timed, TimerWheel } from "./call/timer-wheel.ts";

// For transports: connections that come and go.

export { type AcceptedSession, Acceptor } from "./link/acceptor.ts";
export {
  type AddressedOperation,
  AddressedSession,
  type AddressedSessionOptions,
  type Posting,
} from "./link/addressed-session.ts";
export { decisionMs, refused, undecided } from "./link/admission.ts";
export { type BackoffOptions, backoffMs, defaultBackoff, resolveBackoff } from "./link/backoff.ts";
export { certificateSubject } from "./link/certificate.ts";
export { library } from "./link/library.ts";
export { listening } from "./link/listening.ts";
export { nameIn } from "./link/name.ts";
export { ReconnectingLink, type ReconnectingLinkOptions } from "./link/reconnecting-link.ts";
export { Redial } from "./link/redial.ts";
export type { Connect, LinkSession, SessionUser } from "./link/session.ts";
export { unreachable } from "./link/unreachable.ts";

// For transports of bytes: the multiplexed protocol over any pipe.

export { WireAcceptor } from "./wire/acceptor.ts";
export { type DialingOptions, type Dialled, dialing } from "./wire/dialing.ts";
export { defaultWireLimits, resolveWireLimits, type WireLimits } from "./wire/limits.ts";
export { WireLink, type WireLinkOptions } from "./wire/link.ts";
export { type MessageCarrier, MessagePipe } from "./wire/message-pipe.ts";
export { checkMetadataSize } from "./wire/metadata.ts";
export { type ResolvedWireOptions, resolveWireOptions, type WireOptions, wireOptions } from "./wire/options.ts";
export type { Dial, Pipe, PipeUser } from "./wire/pipe.ts";
export { tooManyBindings } from "./wire/too-many-bindings.ts";
