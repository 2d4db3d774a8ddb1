import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect } from "chai";
import * as core from "../core/index.ts";
import * as entry from "../index.ts";
import { root } from "./tools/project.ts";
import { filesUnder, packageSources } from "./tools/sources.ts";

const values = {
  entry: [
    "Contracts",
    "Future",
    "Health",
    "RpcError",
    "accept",
    "arg",
    "bytesOf",
    "clone",
    "connect",
    "contractOf",
    "createHandler",
    "createMetadata",
    "currentCall",
    "defineService",
    "failover",
    "implement",
    "mock",
    "oneway",
    "powerOfTwoChoices",
    "printContract",
    "readContract",
    "refuse",
    "retain",
    "roundRobin",
    "rpc",
    "serve",
    "service",
    "stream",
    "t",
    "topic",
    "typeOf",
    "unimplemented",
    "valuesOf",
  ],
  /** Of core: what no adapter of ours takes, and others need. */
  others: [
    "AddressedOperations",
    "Answers",
    "OutgoingCall",
    "Redial",
    "backoffMs",
    "defaultBackoff",
    "fromJson",
    "keepStack",
    "neverLeft",
    "printContract",
    "readContract",
    "sameMajor",
    "unreadable",
    "valueCost",
  ],
};
const types = `
  Accepted
  Admission
  AnyKindType
  AttemptCall
  AttemptInfo
  AttemptInterceptor
  AttemptNext
  Authenticate
  Balancer
  BalancerFactory
  BegunAttempt
  BoolType
  BytesType
  Call
  CallContext
  CallOptions
  CallbackDescriptor
  CallbackJson
  CallbackOf
  CallbackType
  Candidate
  Check
  CheckResult
  Checkable
  Client
  CloneOptions
  Cluster
  ClusterFactory
  Code
  Codec
  CodecLimits
  CompileOptions
  CompiledCodec
  ConnectOptions
  Contract
  ContractClass
  ContractDescriptor
  ContractJson
  ContractLike
  ContractLimits
  DecimalType
  Decision
  DeclaredErrorOptions
  DeclaredParam
  DefaultOf
  DefaultType
  Definition
  Delivery
  DocumentSchema
  Encodable
  EncodingJson
  EndedAttempt
  EnumType
  ErrorClass
  ErrorOptions
  ErrorSource
  ErrorType
  FailedAttempt
  FailoverOptions
  Field
  FieldJson
  FieldType
  Float32Type
  Float64Type
  Generic
  GenericArguments
  GenericOptions
  HandlerOptions
  Handlers
  HealthStatus
  HttpBinding
  HttpRule
  Implementation
  Infer
  InferFields
  InferInput
  InferInputFields
  InferInputParams
  InferInputResult
  InferParams
  InferResult
  Instance
  InstanceChanges
  InstanceQuery
  InstanceSet
  InstanceWatcher
  Int32Type
  Int53Type
  Int64Type
  Interceptor
  JsonValue
  Link
  ListOf
  ListType
  Listener
  MapOf
  MapType
  MemberJson
  Members
  Message
  MessageShape
  MessagesOptions
  Metadata
  MetadataInput
  MetadataValue
  MethodDefinition
  MethodDescriptor
  MethodKind
  Mock
  MockHandlers
  MulticastReply
  NamedJson
  Next
  NumberedOf
  NumberedType
  OnewayDefinition
  OnewayMethod
  OnewayOptions
  OptionalOf
  OptionalType
  Param
  ParamJson
  ParamType
  Params
  PathSegment
  PathTemplate
  PathVariable
  Peer
  ProtobufDescriptor
  PublishOptions
  ReferOptions
  Registration
  Registry
  Reply
  ResultJson
  RetainedCallback
  Returns
  RoutedCall
  RoutedKind
  Router
  RouterFactory
  RpcClient
  RpcDefinition
  RpcErrorOptions
  RpcHandler
  RpcOptions
  RpcServer
  ScalarType
  Schema
  SchemaIssue
  SchemaOf
  SchemaValue
  Servable
  ServeOptions
  ServerHealth
  ServerUpdate
  ServiceOptions
  Simplify
  StandardSchema
  StreamDefinition
  StreamMethod
  StreamOf
  StreamOptions
  StreamType
  StringType
  StructFor
  StructOf
  StructOptions
  StructType
  SubscribeOptions
  Subscription
  Throws
  TimestampType
  Topic
  TopicDefinition
  TopicDescriptor
  TopicLimits
  Topics
  TransientOf
  TransientType
  Transport
  Type
  TypesJson
  UnaryMethod
  UnionFor
  UnionOf
  UnionType
  Untyped
  UntypedDefinition
  VersionRule
`
  .trim()
  .split(/\s+/);

interface NameIn {
  readonly name: string;
  /** Where it comes from: a path from the root. */
  readonly file: string;
}

/** What a file imports or exports by name from other files. */
function namesIn(text: string, path: string): NameIn[] {
  return [...text.matchAll(/^(?:import|export) (?:type )?\{([^}]*)\} from "(\.[^"]+)"/gm)].flatMap(
    ([, names = "", from = ""]) =>
      names
        .split(",")
        .map((name) =>
          name
            .trim()
            .replace(/^type /, "")
            .replace(/ as .*/, ""),
        )
        .filter((name) => name !== "")
        .map((name) => ({ name, file: posix.join(posix.dirname(path), from) })),
  );
}

/** Where a subpath of the package leads. */
interface Target {
  readonly types: string;
  readonly default: string;
}

describe("exports", () => {
  it("of the entry are the documented values", () => {
    expect(Object.keys(entry).sort()).to.deep.equal(values.entry);
  });

  it("of the entry are the documented types", () => {
    const text = readFileSync(join(root, "index.ts"), "utf8");
    const clauses = [...text.matchAll(/export (type )?\{([^}]*)\}/g)];
    const named = clauses.flatMap(([, allTypes, names = ""]) =>
      names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && (allTypes !== undefined || name.startsWith("type ")))
        .map((name) => name.replace("type ", "")),
    );
    expect(named.sort()).to.deep.equal(types);
  });

  it("of core are what our adapters take, and what others need", () => {
    const text = readFileSync(join(root, "core/index.ts"), "utf8");
    const whole = new Map(
      [...text.matchAll(/export \* as (\w+) from "\.\/([^"]+)"/g)].map(([, as, file]) => [file, as]),
    );
    const exported = namesIn(text, "core/index.ts");
    const taken = packageSources()
      .filter(({ path }) => /^(codecs|transports|registry)\//.test(path))
      .flatMap(({ path, text }) => namesIn(text, path).map((name) => ({ ...name, by: path })))
      .filter(({ file }) => file.startsWith("core/"));
    const found = ({ file, name }: NameIn): boolean =>
      whole.has(file.slice("core/".length)) || exported.some((one) => one.file === file && one.name === name);
    expect(
      taken.filter((one) => !found(one)).map(({ by, file, name }) => `${by} takes ${name} of ${file}`),
    ).to.deep.equal([]);
    const others = Object.keys(core).filter(
      (name) => !taken.some((one) => one.name === name || whole.get(one.file.slice(5)) === name),
    );
    expect(others.sort()).to.deep.equal(values.others);
  });

  it("of the package lead to files", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      exports: Record<string, string | (Target & { browser?: Target })>;
    };
    const targets = Object.entries(exports).flatMap(([subpath, target]): [string, Target][] => {
      if (typeof target === "string") return [];
      const all: [string, Target][] = [[subpath, target]];
      if (target.browser) {
        const { types, default: made } = target.browser;
        all.push([`${subpath} in a browser`, { types, default: made.replace("/browser/", "/") }]);
      }
      return all;
    });
    for (const [subpath, target] of targets) {
      expect(target.types.replace(/\.d\.ts$/, ".js"), subpath).to.equal(target.default);
      const source = target.default.replace("./dist/", "").replace(/\.js$/, ".ts");
      const [folder = "", rest = ""] = source.split("*");
      const names = source.includes("*")
        ? readdirSync(join(root, folder)).map((name) => name.replace(/\.ts$/, ""))
        : [""];
      expect(names, subpath).to.not.deep.equal([]);
      for (const name of names)
        expect(existsSync(join(root, folder + name + rest)), `${subpath}: ${name}`).to.equal(true);
    }
  });
});

describe("tests", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: { test: string } };
  const runs = (path: string): boolean => path.startsWith("test/") && path.endsWith(".test.ts");

  it("are found by mocha's glob", () => {
    expect(scripts.test).to.equal("mocha 'test/**/*.test.ts'");
    const everything = ["", "core", "codecs", "transports", "registry", "test", "bench", "examples"].flatMap(
      filesUnder,
    );
    const looksLikeTest = (path: string): boolean =>
      /[.-](test|tests|spec)\.ts$|(^|\/)(test|spec)-[^/]*\.ts$/.test(path) ||
      /^(describe|it)(\.only|\.skip)?\(/m.test(readFileSync(join(root, path), "utf8"));
    expect(everything.filter((path) => looksLikeTest(path) && !runs(path))).to.deep.equal([]);
  });

  it("are all run: none is left alone or left out", () => {
    const exclusive = /^\s*((describe|it|context)\.(only|skip)|x(it|describe))\(/m;
    const left = filesUnder("test").filter((path) => exclusive.test(readFileSync(join(root, path), "utf8")));
    expect(left).to.deep.equal([]);
  });
});
