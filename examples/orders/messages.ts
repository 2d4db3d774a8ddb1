import type { Answer } from "./answer.ts";
import type { Order } from "./contract.ts";

/** What the demo tells a provider. */
export type ToProvider = { readonly kind: "stop" };

/** What a provider tells the demo. */
export type FromProvider =
  | { readonly kind: "listening"; readonly url: string }
  | { readonly kind: "failed"; readonly reason: string };

/** What the demo tells the consumer. */
export type ToConsumer =
  | {
      readonly kind: "place";
      readonly orders: readonly Order[];
      readonly endpoints: readonly string[];
      readonly codec: string;
      readonly journal: string;
      /** How many orders may be in progress; each is in one call at a time. */
      readonly inFlight: number;
    }
  /** The killed provider listens again. */
  | { readonly kind: "restarted" };

/** What the consumer tells the demo; lists and counts are in the order of `patterns`. */
export type FromConsumer =
  | { readonly kind: "connected"; readonly instances: readonly string[] }
  | { readonly kind: "progress"; readonly done: readonly number[]; readonly unknown: readonly number[] }
  | { readonly kind: "reconnected"; readonly afterMs: number }
  | { readonly kind: "placed"; readonly answers: readonly (readonly Answer[])[] }
  | { readonly kind: "failed"; readonly reason: string };
