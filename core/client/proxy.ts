import { cancelled, Future } from "../call/future.ts";
import { checkArguments } from "../call/place.ts";
import type { MethodDescriptor } from "../contract/contract.ts";
import type { Subscription } from "../contract/topic.ts";
import { RpcError } from "../error.ts";
import { checkOptions } from "../options.ts";
import { Caller, type CallerContext } from "./caller.ts";
import type { Channel } from "./channel.ts";
import { type CallOptions, callOptions } from "./client-types.ts";
import { multicast } from "./multicast.ts";
import { Publisher } from "./publisher.ts";
import { StreamCaller } from "./stream-caller.ts";
import { RemoteTopic } from "./topic-client.ts";

/** Finds the channel of another codec, for `with({ codec })`. */
export type ChannelOf = (codec: string) => Promise<Channel>;

/** The object that a user calls: one function per declared method, one topic per declared topic, nothing else. */
export function createProxy(
  channel: Channel,
  context: CallerContext,
  channelOf: ChannelOf,
  subscriptions: Set<Subscription>,
): object {
  const proxy: Record<string, unknown> = {};
  const { contract } = channel;
  for (const method of contract.methods)
    proxy[method.name] = createMethod(new Caller(method, context, channel), undefined, channelOf, context);
  for (const topic of contract.topics)
    proxy[topic.name] = new RemoteTopic(
      new Caller(topic.publish, context, channel, new Publisher(channel)),
      new StreamCaller(new Caller(topic.subscribe, context, channel)),
      subscriptions,
    );
  return Object.freeze(proxy);
}

type AnyFunction = (...args: unknown[]) => unknown;

function createMethod(
  caller: Caller,
  options: CallOptions | undefined,
  channelOf: ChannelOf,
  context: CallerContext,
): AnyFunction {
  const method = bare(caller, options);
  return Object.assign(method, variants(caller, options), {
    with(given: CallOptions): AnyFunction {
      const merged = { ...options, ...checkOptions(`${caller.method.name}.with`, given, callOptions) };
      if (given.codec === undefined) return createMethod(caller, merged, channelOf, context);
      return otherCodec(caller.method, { ...merged, codec: given.codec }, channelOf, context);
    },
  });
}

function bare(caller: Caller, options: CallOptions | undefined): AnyFunction {
  switch (caller.method.kind) {
    case "unary":
      return (...args) => caller.unary(args, options);
    case "oneway":
      return (...args) => {
        caller.fire(args, options);
      };
    case "stream": {
      const streams = new StreamCaller(caller);
      return (...args) => streams.stream(args, options);
    }
  }
}

function variants(caller: Caller, options: CallOptions | undefined): Record<string, AnyFunction> {
  switch (caller.method.kind) {
    case "unary":
      return {
        future: (...args) => future(caller, args, options),
        callback: (...args) => callback(caller, args, options),
        multicast: (...args) => multicast(caller, args, options),
      };
    case "oneway":
      return { sent: async (...args) => caller.oneway(args, options) };
    case "stream":
      return {};
  }
}

function future(caller: Caller, args: unknown[], options: CallOptions | undefined): Future<unknown> {
  if (options?.signal === undefined && caller.plain) {
    const call = caller.start(args, options);
    return new Future(call.promise, () => call.abandon(cancelled(call)), caller.context.platform);
  }
  const controller = new AbortController();
  const signal =
    options?.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  return new Future(caller.unary(args, { ...options, signal }), () => controller.abort(), caller.context.platform);
}

function callback(caller: Caller, args: unknown[], options: CallOptions | undefined): void {
  const done = args.pop();
  if (typeof done !== "function") {
    throw new RpcError({
      code: "INVALID_ARGUMENT",
      message: `${caller.method.name}.callback: the last argument is the function that gets the result`,
    });
  }
  // What the function throws is nobody's to catch: it surfaces as an unhandled rejection, like an error in an event handler.
  caller.unary(args, options).then(
    (value) => done(undefined, value),
    (error: unknown) => done(error, undefined),
  );
}

type Method = AnyFunction & Record<"sent" | "callback" | "multicast", AnyFunction>;

/** The method over the channel of another codec, which is made on first use: each call may have to wait for it. */
function otherCodec(
  method: MethodDescriptor,
  options: CallOptions & { readonly codec: string },
  channelOf: ChannelOf,
  context: CallerContext,
): AnyFunction {
  const { codec, ...rest } = options;
  // Kept by `channelOf`, which forgets a failure.
  const open = async (given: CallOptions = rest): Promise<Method> =>
    createMethod(new Caller(method, context, await channelOf(codec)), given, channelOf, context) as Method;
  const again = {
    with: (given: CallOptions) => otherCodec(method, { ...options, ...given }, channelOf, context),
  };
  const later =
    (name?: "multicast") =>
    (...args: unknown[]) => ({
      async *[Symbol.asyncIterator]() {
        const opened = await open();
        yield* (name === undefined ? opened : opened[name])(...args) as AsyncIterable<unknown>;
      },
    });
  switch (method.kind) {
    case "unary":
      return Object.assign(async (...args: unknown[]) => (await open())(...args), again, {
        future(...args: unknown[]): Future<unknown> {
          const controller = new AbortController();
          const signals = rest.signal === undefined ? [controller.signal] : [rest.signal, controller.signal];
          const call = open({ ...rest, signal: AbortSignal.any(signals) }).then((opened) => opened(...args));
          return new Future(call, () => controller.abort(), context.platform);
        },
        callback(...args: unknown[]): void {
          const done = args.at(-1) as (error: unknown) => void;
          open().then((opened) => opened.callback(...args), done);
        },
        multicast: later("multicast"),
      });
    case "oneway":
      return Object.assign(
        (...args: unknown[]): void => {
          checkArguments(args, { service: context.service, method });
          open().then(
            (opened) => opened(...args),
            (error: unknown) => context.onError(error, { service: context.service, method: method.name }),
          );
        },
        again,
        { sent: async (...args: unknown[]) => (await open()).sent(...args) },
      );
    case "stream":
      return Object.assign(later(), again);
  }
}
