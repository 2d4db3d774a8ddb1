import { checkOptions, kinds, type OptionTable } from "../options.ts";

/** What the subscribers of one server may cost. Each bound names the attack it stops. */
export interface TopicLimits {
  /** Messages that wait for one subscriber, whatever `bufferSize` it asks for; stops one that never reads. Default 16,384. */
  readonly maxBufferedMessages?: number;
  /** Bytes of them, as this process keeps them, estimated; stops one that never reads large messages. Default 4 MiB. */
  readonly maxBufferedBytes?: number;
  /**
   * Bytes of what waits for all subscribers of a server, where a message that many wait for counts once; stops many that
   * never read. Default 64 MiB.
   */
  readonly maxTotalBufferedBytes?: number;
  /** Subscriptions to one topic, of all clients and of the server itself; stops many that each want little. Default 100,000. */
  readonly maxSubscriptions?: number;
  /** Characters of the key that a subscription asks for; stops filters that fill the memory. Default 1,024. */
  readonly maxKeyLength?: number;
  /** Words of it, if it has a wildcard: each costs a node of a tree; stops those of nothing but dots. Default 64. */
  readonly maxKeyWords?: number;
}

const table: OptionTable<TopicLimits> = {
  maxBufferedMessages: kinds.count,
  maxBufferedBytes: kinds.count,
  maxTotalBufferedBytes: kinds.count,
  maxSubscriptions: kinds.count,
  maxKeyLength: kinds.count,
  maxKeyWords: kinds.count,
};

/** The limits with the defaults filled in; throws a `TypeError` that names what is wrong. */
export function resolveTopicLimits(given: TopicLimits = {}): Required<TopicLimits> {
  return Object.freeze({
    maxBufferedMessages: 16_384,
    maxBufferedBytes: 4 * 1024 * 1024,
    maxTotalBufferedBytes: 64 * 1024 * 1024,
    maxSubscriptions: 100_000,
    maxKeyLength: 1024,
    maxKeyWords: 64,
    ...checkOptions("serve: topics", given, table),
  });
}
