import type { TopicMessage } from "./backend.ts";
import type { TopicLimits } from "./limits.ts";
import { valueSize } from "./value-size.ts";

/** What waits for all subscribers of one server. */
export class TopicBudget {
  readonly limits: Required<TopicLimits>;
  usedBytes = 0;

  constructor(limits: Required<TopicLimits>) {
    this.limits = limits;
  }
}

/** Besides the message: its place in a queue. */
const PLACE_BYTES = 64;

/** A message on its way to the subscribers of one topic. While any of them keeps it waiting, it counts once in the budget. */
export class Post {
  readonly message: TopicMessage;
  readonly #budget: TopicBudget;
  #bytes = 0;
  #keepers = 0;

  constructor(message: TopicMessage, budget: TopicBudget) {
    this.message = message;
    this.#budget = budget;
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
    if (this.#keepers++ === 0) this.#budget.usedBytes += this.bytes;
  }

  release(): void {
    if (--this.#keepers === 0) this.#budget.usedBytes -= this.bytes;
  }
}
