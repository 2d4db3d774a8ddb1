import type { TopicDescriptor } from "../contract/contract.ts";
import type { ErrorListener, ErrorSource } from "../error-source.ts";
import type { Platform } from "../platform.ts";
import type { TopicLimits } from "./limits.ts";

/** What is published, as it travels from the publisher to the backend. Others read it too: nobody writes into it. */
export interface TopicMessage {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: unknown;
}

/** What travels to a subscriber; the first one confirms and carries no value. */
export interface TopicDelivery extends Partial<Pick<TopicMessage, "value">> {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly confirmed?: boolean;
  /** Messages that were dropped so far; told whenever there are more. */
  readonly dropped?: number;
}

/** What a subscriber asks for, as `SubscribeOptions` says; a peer may ask for anything. */
export interface TopicRequest {
  readonly key?: string | undefined;
  readonly bufferSize?: number | undefined;
  readonly overflow?: string | undefined;
}

/**
 * What a topic of one server is made of: where its messages go, and where its subscribers have theirs from. That is the
 * process itself, by `TopicHub`, unless something else is handed in, which may carry them from and to elsewhere.
 *
 * An implementation
 * - must give a subscriber each message whose key it wants at most once, those of one publisher in their order;
 * - must begin a subscription by an item with `confirmed`, once what is published from then on will reach it;
 * - must hear `return()` of a subscription at once, also while a `next()` waits;
 * - must bound what waits for one that does not read, and tell by `dropped` what it lost by that;
 * - must refuse by throwing an `RpcError`, which the publisher or subscriber gets, and may end a subscription by one;
 * - must never write into a message, whose value other subscribers have too.
 */
export interface TopicBackend {
  /** Takes a message; resolves when it is taken, or is not there to wait for. What it throws, the publisher gets. */
  publish(message: TopicMessage): Promise<void> | undefined;
  /** `where` it is read, for what is told to `onError`; left out for a subscriber of this process, which knows itself. */
  subscribe(request: TopicRequest, where?: ErrorSource): AsyncIterableIterator<TopicDelivery>;
  /** The server closes: ends the subscriptions, also those that still come. */
  close(): void;
}

/** The topic that a backend is wanted for, and what its server has for it. */
export interface TopicSite {
  readonly service: string;
  readonly topic: TopicDescriptor;
  readonly instance: string;
  readonly platform: Platform;
  readonly limits: Required<TopicLimits>;
  /** Told of what neither publisher nor subscriber hears. Never throws. */
  readonly onError: ErrorListener;
}

/** Makes the backend of one topic; called once for each when a server starts. `undefined` leaves it to the process itself. */
export type TopicBackendFactory = (site: TopicSite) => TopicBackend | undefined;
