import type { SharedForms } from "../call/flow.ts";
import type { TopicMessage } from "./backend.ts";
import type { TopicLimits } from "./limits.ts";
import { valueSize } from "./value-size.ts";

/** What waits for all subscribers of one server. */
export class TopicBudget {
  readonly limits: Required<TopicLimits>;
  usedBytes = 0;
  /** Subscribers for whom something waits. */
  behind = 0;

  constructor(limits: Required<TopicLimits>) {
    this.limits = limits;
  }
}

/** Besides the message: its place in a queue. */
const PLACE_BYTES = 64;

const none: readonly Form[] = [];

interface Form {
  readonly by: object;
  readonly bytes: Uint8Array;
}

/**
 * A message on its way to the subscribers of one topic. While any of them keeps it waiting, it counts once in the budget, with
 * what it was encoded to.
 */
export class Post implements SharedForms {
  readonly message: TopicMessage;
  readonly alone: boolean;
  readonly #budget: TopicBudget;
  #bytes = 0;
  #keepers = 0;
  #forms: Form[] | undefined;
  #formBytes = 0;

  constructor(message: TopicMessage, budget: TopicBudget, alone = false) {
    this.message = message;
    this.#budget = budget;
    this.alone = alone;
  }

  /** Estimated only where it has to wait. */
  get bytes(): number {
    if (this.#bytes === 0) this.#bytes = PLACE_BYTES + valueSize(this.message, this.#budget.limits.maxBufferedBytes);
    return this.#bytes;
  }

  /** Whether it may wait, as far as the whole server is concerned. */
  get fits(): boolean {
    return this.#keepers > 0 || this.#budget.usedBytes + this.bytes <= this.#budget.limits.maxTotalBufferedBytes;
  }

  keep(): void {
    if (this.#keepers++ === 0) this.#budget.usedBytes += this.bytes + this.#formBytes;
  }

  release(): void {
    if (--this.#keepers === 0) this.#budget.usedBytes -= this.bytes + this.#formBytes;
  }

  formOf(by: object): Uint8Array | undefined {
    // One for each codec.
    for (const form of this.#forms ?? none) if (form.by === by) return form.bytes;
    return undefined;
  }

  /** Nothing is kept beyond the budget: it is encoded again then. */
  keepForm(by: object, bytes: Uint8Array): void {
    const { length } = bytes;
    const budget = this.#budget;
    if (budget.usedBytes + length > budget.limits.maxTotalBufferedBytes) return;
    this.#forms ??= [];
    this.#forms.push({ by, bytes });
    this.#formBytes += length;
    if (this.#keepers > 0) budget.usedBytes += length;
  }
}
