import { json } from "../../../codecs/json/index.ts";
import { TimerWheel } from "../../../core/call/timer-wheel.ts";
import type { Codec } from "../../../core/codec.ts";
import { RpcError } from "../../../core/error.ts";
import type { ErrorSource } from "../../../core/error-source.ts";
import { serveService } from "../../../core/server/serving.ts";
import { TopicHub } from "../../../core/topic/hub.ts";
import { resolveTopicLimits } from "../../../core/topic/limits.ts";
import { TopicBudget } from "../../../core/topic/post.ts";
import type { ServedService, ServerHost } from "../../../core/transport.ts";
import type { ClientOperation } from "../../../core/wire/client-calls.ts";
import { ClientSession } from "../../../core/wire/client-session.ts";
import { resolveWireLimits, type WireLimits } from "../../../core/wire/limits.ts";
import { ServerSession } from "../../../core/wire/server-session.ts";
import { arg, defineService, type Handlers, implement, oneway, rpc, stream, t } from "../../../index.ts";
import { CapturePipe, settle } from "./capture-pipe.ts";
import { frameOf, hello, u16, welcome } from "./frames.ts";
import { ManualPlatform } from "./manual-platform.ts";

export const Gone = t.error("a.Gone", { key: t.string });

export const Small = defineService(
  "a.S",
  {},
  {
    inc: rpc({ params: [arg("n", t.int32)], returns: t.int32, throws: [Gone] }),
    note: oneway({ params: [arg("line", t.string)] }),
    count: stream({ params: [arg("to", t.int32)], yields: t.int32 }),
    sum: rpc({ params: [arg("numbers", t.stream(t.int32))], returns: t.int32 }),
    tell: rpc({ params: [arg("say", t.callback([arg("n", t.int32)], t.int32))] }),
    wait: rpc({ params: [arg("key", t.string)] }),
    text: rpc({ params: [arg("length", t.int32)], returns: t.string }),
  },
);
/** Their numbers on a connection whose only binding is `Small`. */
export const op = { inc: 0, note: 1, count: 2, sum: 3, tell: 4, wait: 5, text: 6 } as const;
export const names = Small.operations.map((operation) => operation.name);

export type SmallHandlers = Handlers<typeof Small>;

export function handlers(given: Partial<SmallHandlers> = {}): SmallHandlers {
  return {
    inc: async (n) => n + 1,
    note: () => {},
    count: async function* (to) {
      for (let i = 0; i < to; i++) yield i;
    },
    sum: async (numbers) => {
      let sum = 0;
      for await (const number of numbers) sum += number;
      return sum;
    },
    tell: async (say) => {
      await say(1);
    },
    wait: () => new Promise(() => {}),
    text: async (length) => "x".repeat(length),
    ...given,
  };
}

export interface ServerSide {
  readonly session: ServerSession;
  readonly pipe: CapturePipe;
  readonly platform: ManualPlatform;
  readonly errors: unknown[];
  /** Where each arose. */
  readonly sources: ErrorSource[];
  /** True once the session has told its acceptor that it is over. */
  lost: boolean;
  /** Hands bytes over, and waits until what they cause is done. */
  receive(...bytes: readonly Uint8Array[]): Promise<void>;
}

export interface ServerOptions {
  readonly limits?: Partial<WireLimits>;
  readonly handlers?: Partial<SmallHandlers>;
  readonly authenticate?: ServerHost["authenticate"];
  /** Default: json. */
  readonly codecs?: readonly Codec[];
  /** Instead of `Small`. */
  readonly served?: ServedService;
}

/** A server's end of a connection; the test is the client. */
export function serverSide(options: ServerOptions = {}): ServerSide {
  const platform = new ManualPlatform();
  const pipe = new CapturePipe();
  const errors: unknown[] = [];
  const sources: ErrorSource[] = [];
  const served = serveService(implement(Small, handlers(options.handlers)), "services[0]", {
    platform,
    interceptors: [],
    inherit: false,
    partial: false,
    instance: "i1",
    topicBackend: (site) => new TopicHub({ ...site, budget: new TopicBudget(resolveTopicLimits()) }),
    onError: (error) => errors.push(error),
  });
  const host: ServerHost = {
    platform,
    wheel: new TimerWheel(platform),
    instance: "i1",
    inherit: false,
    codecs: new Map((options.codecs ?? [json()]).map((codec) => [codec.name, codec])),
    services: [options.served ?? served],
    find: (name) =>
      name === "a.S"
        ? (options.served ?? served)
        : new RpcError({ code: "UNIMPLEMENTED", message: `no ${name.slice(0, 100)}` }),
    authenticates: options.authenticate !== undefined,
    authenticate: options.authenticate ?? (async () => undefined),
    onError: (error, where) => {
      errors.push(error);
      sources.push(where);
    },
  };
  const session = new ServerSession(pipe, {
    host,
    limits: resolveWireLimits(options.limits),
    onLost: () => {
      side.lost = true;
    },
  });
  pipe.user = session;
  const side: ServerSide = {
    session,
    pipe,
    platform,
    errors,
    sources,
    lost: false,
    receive: async (...bytes) => {
      for (const some of bytes) session.onBytes(some);
      await settle();
    },
  };
  return side;
}

/** The same with the handshake behind it and, unless told otherwise, `Small` bound at 0. */
export async function readyServer(options: ServerOptions = {}, bound = true): Promise<ServerSide> {
  const side = serverSide(options);
  await side.receive(hello());
  if (bound) await side.receive(bindFrame());
  side.pipe.frames();
  return side;
}

export function bindFrame(change: object = {}, binding = 0, base = 0): Buffer {
  const json = {
    service: "a.S",
    version: "1.0.0",
    group: "",
    codec: "json",
    fingerprint: Small.fingerprint,
    operations: names,
  };
  return frameOf("BIND", 0, u16(binding), u16(base), { ...json, ...change });
}

export interface ClientSide {
  readonly session: ClientSession;
  readonly pipe: CapturePipe;
  readonly platform: ManualPlatform;
  readonly wheel: TimerWheel;
  lost: RpcError | undefined;
  goaway: string | undefined;
  receive(...bytes: readonly Uint8Array[]): Promise<void>;
}

/** A client's end of a connection; the test is the server. */
export function clientSide(limits: Partial<WireLimits> = {}, credentials?: unknown): ClientSide {
  const platform = new ManualPlatform();
  const pipe = new CapturePipe();
  const session = new ClientSession(pipe, {
    platform,
    limits: resolveWireLimits(limits),
    credentials,
    onReady: () => {},
    onGoaway: (_, reason) => {
      side.goaway = reason;
    },
    onLost: (_, error) => {
      side.lost = error;
    },
    onError: () => {},
  });
  pipe.user = session;
  const side: ClientSide = {
    session,
    pipe,
    platform,
    wheel: new TimerWheel(platform),
    lost: undefined,
    goaway: undefined,
    receive: async (...bytes) => {
      for (const some of bytes) session.onBytes(some);
      await settle();
    },
  };
  return side;
}

/** The same with the handshake and a binding of `Small` behind it. */
export async function readyClient(
  limits: Partial<WireLimits> = {},
  server: object = { instance: "i1", window: 262_144 },
): Promise<ClientSide & { readonly operations: readonly ClientOperation[] }> {
  const side = clientSide(limits);
  await side.receive(welcome(server));
  const binding = side.session.bind(Small, json());
  await settle();
  await side.receive(frameOf("BOUND", 0, u16(0), { fingerprint: Small.fingerprint }));
  side.pipe.frames();
  return Object.assign(side, { operations: (await binding) as readonly ClientOperation[] });
}
