import { cancelled } from "../call/future.ts";
import type { Sender } from "../call/outgoing.ts";
import { RpcError } from "../error.ts";
import type { RoutedCall } from "../router.ts";
import type { Caller } from "./caller.ts";
import type { CallOptions, MulticastReply } from "./client-types.ts";
import type { Provider } from "./provider.ts";

/** For what only tells the time. */
const nobody: Sender = { retry: () => false, settled: () => {} };

/** Calls every live instance that the routers leave; yields the replies as they arrive. */
export async function* multicast(
  caller: Caller,
  args: readonly unknown[],
  options: CallOptions | undefined,
): AsyncGenerator<MulticastReply<unknown>> {
  const { channel, method } = caller;
  const { metadata, key } = caller.terms(options);
  const call = channel.route.routed({ method, args, metadata, key }, "multicast");
  await present(caller, call, options);
  const replies = whom(caller, call).map((provider) => ask(caller, provider, { args, options }));
  const waiting = new Map(replies.map((reply, i) => [i, reply.then((value) => ({ i, value }))]));
  while (waiting.size > 0) {
    const { i, value } = await Promise.race(waiting.values());
    waiting.delete(i);
    yield value;
  }
}

/** Those who say that calls should go elsewhere are left out while there are others. */
function whom({ channel }: Caller, call: RoutedCall): readonly Provider[] {
  const instances = channel.route.instances(call);
  const serving = instances.filter((provider) => provider.serving);
  return serving.length > 0 ? serving : instances;
}

/** Waits for those still connecting, which belong to the live ones, as long as the call may take; those that are down do not. */
async function present(caller: Caller, call: RoutedCall, options: CallOptions | undefined): Promise<void> {
  const { providers, route } = caller.channel;
  const somebody = (): Provider | undefined => route.instances(call)[0];
  if (somebody() !== undefined && !providers.anyComing) return;
  // Never sent: it has the call's deadline and signal.
  const clock = caller.create(call.args, options, nobody);
  const up = clock.promise.catch(() => {});
  try {
    if (somebody() === undefined) await caller.reach(caller.terms(options), somebody).promise;
    const { coming } = providers;
    let stop = (): void => {};
    const settled = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!coming.some((member) => member.coming)) resolve();
      };
      stop = providers.onChange(look);
      look();
    });
    await Promise.race([settled, up]);
    stop();
  } finally {
    clock.abandon(cancelled(clock));
  }
}

async function ask(
  caller: Caller,
  provider: Provider,
  { args, options }: { readonly args: readonly unknown[]; readonly options: CallOptions | undefined },
): Promise<MulticastReply<unknown>> {
  const { instance: known, url: endpoint } = provider;
  // Without a handshake it is the reply that says whose it is.
  const whose = (): string => (known === endpoint ? provider.instance : known);
  try {
    const value = await caller.unaryAt(provider, args, options);
    return { instance: whose(), endpoint, ok: true, value };
  } catch (error) {
    return { instance: whose(), endpoint, ok: false, error: RpcError.from(error, String(error)) };
  }
}
