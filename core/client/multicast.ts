import { cancelled } from "../call/future.ts";
import type { Sender } from "../call/outgoing.ts";
import { RpcError } from "../error.ts";
import type { Caller } from "./caller.ts";
import type { CallOptions, MulticastReply } from "./client-types.ts";
import type { Member } from "./member.ts";

/** Each member is called once: a failure is its answer. */
const once: Sender = { retry: () => false, settled: () => {} };

/** Calls every live instance; yields the replies as they arrive. */
export async function* multicast(
  caller: Caller,
  args: readonly unknown[],
  options: CallOptions | undefined,
): AsyncGenerator<MulticastReply<unknown>> {
  const { channel } = caller;
  await present(caller, args, options);
  // One instance may be reached by several endpoints.
  const members = new Map<string, Member>();
  for (const member of channel.ready) if (!members.has(member.instance)) members.set(member.instance, member);
  const replies = [...members.values()].map((member) => ask(caller, member, args, options));
  const waiting = new Map(replies.map((reply, i) => [i, reply.then((value) => ({ i, value }))]));
  while (waiting.size > 0) {
    const { i, value } = await Promise.race(waiting.values());
    waiting.delete(i);
    yield value;
  }
}

/** Waits for those still connecting, which belong to the live ones, as long as the call may take; those that are down do not. */
async function present(caller: Caller, args: readonly unknown[], options: CallOptions | undefined): Promise<void> {
  const { channel } = caller;
  if (channel.ready.length > 0 && !channel.members.some((member) => member.coming)) return;
  // Never sent: it has the call's deadline and signal.
  const clock = caller.create(args, options, once);
  const up = clock.promise.catch(() => {});
  try {
    if (channel.ready.length === 0) await caller.reach(options).promise;
    const coming = channel.members.filter((member) => member.coming);
    let stop = (): void => {};
    const settled = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!coming.some((member) => member.coming)) resolve();
      };
      stop = channel.onChange(look);
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
  member: Member,
  args: readonly unknown[],
  options: CallOptions | undefined,
): Promise<MulticastReply<unknown>> {
  const { instance, url: endpoint } = member;
  try {
    const value = await caller.through(args, options, (sent, terms) => {
      const call = caller.create(sent, terms, once);
      try {
        if (!call.settled) member.port?.send(call);
      } catch (error) {
        call.fail(RpcError.from(error, String(error)));
      }
      return call;
    });
    return { instance, endpoint, ok: true, value };
  } catch (error) {
    return { instance, endpoint, ok: false, error: RpcError.from(error, String(error)) };
  }
}
