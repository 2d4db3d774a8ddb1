import type { Caller } from "./caller.ts";
import type { CallOptions, MulticastReply } from "./client-types.ts";
import { RpcError } from "./error.ts";
import type { Member } from "./member.ts";
import type { Sender } from "./outgoing.ts";

/** Each member is called once: a failure is its answer. */
const once: Sender = { retry: () => false, settled: () => {} };

/** Calls every live instance; yields the replies as they arrive. */
export async function* multicast(
  caller: Caller,
  args: readonly unknown[],
  options: CallOptions | undefined,
): AsyncGenerator<MulticastReply<unknown>> {
  const { channel } = caller;
  if (channel.ready.length === 0) await channel.whenReady();
  // Those still connecting belong to the live ones; those that are down do not.
  await Promise.all(channel.members.filter((member) => member.coming).map((member) => settled(caller, member)));
  const replies = channel.ready.map((member) => ask(caller, member, args, options));
  const waiting = new Map(replies.map((reply, i) => [i, reply.then((value) => ({ i, value }))]));
  while (waiting.size > 0) {
    const { i, value } = await Promise.race(waiting.values());
    waiting.delete(i);
    yield value;
  }
}

function settled(caller: Caller, member: Member): Promise<void> {
  return new Promise((resolve) => {
    const stop = caller.channel.onChange(() => {
      if (member.coming) return;
      stop();
      resolve();
    });
    if (!member.coming) {
      stop();
      resolve();
    }
  });
}

async function ask(
  caller: Caller,
  member: Member,
  args: readonly unknown[],
  options: CallOptions | undefined,
): Promise<MulticastReply<unknown>> {
  const { instance, url: endpoint } = member;
  try {
    const call = caller.create(args, options, once);
    try {
      member.port?.send(call);
    } catch (error) {
      call.fail(RpcError.from(error, String(error)));
    }
    return { instance, endpoint, ok: true, value: await call.promise };
  } catch (error) {
    return { instance, endpoint, ok: false, error: RpcError.from(error, String(error)) };
  }
}
