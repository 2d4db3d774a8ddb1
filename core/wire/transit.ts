/** A sample counts for at least so long, and for twice as long at the most. */
const BUCKET_MS = 30_000;
/** No difference between two ages in whole milliseconds. */
const RESOLUTION_MS = 1;

/**
 * How long messages of one peer were on their way. The two clocks have nothing in common, so what is known is how much longer
 * one took than the fastest lately: the time that it waited, in a buffer of either side or because this process was busy.
 * Stamps are milliseconds modulo 2^32. The fastest is forgotten after a minute: the two clocks drift apart.
 */
export class Transit {
  /** This side's clock less the sender's, at the fastest message of the bucket in use and of the one before. */
  #least = 0;
  #leastBefore = 0;
  #since = Number.NEGATIVE_INFINITY;
  #before = false;

  /** How many milliseconds longer than the fastest a message took that was stamped `sentAt` and is looked at `now`. */
  age(sentAt: number, now: number): number {
    const offset = (now - sentAt) | 0;
    if (now - this.#since >= BUCKET_MS) this.#turn(offset, now);
    else if (((offset - this.#least) | 0) < 0) this.#least = offset;
    let age = (offset - this.#least) | 0;
    if (this.#before) age = Math.max(age, (offset - this.#leastBefore) | 0);
    return Math.max(0, age - RESOLUTION_MS);
  }

  #turn(offset: number, now: number): void {
    this.#before = now - this.#since < 2 * BUCKET_MS;
    this.#leastBefore = this.#least;
    this.#since = now;
    this.#least = offset;
  }

  /**
   * A message stamped `sentAt` answers one that left this side `roundTripMs` ago, so it took no longer than that: what is known
   * of faster ones is from before the sender's clock stood still, as a suspended machine's does.
   */
  answered(sentAt: number, now: number, roundTripMs: number): void {
    const least = ((now - sentAt) | 0) - Math.ceil(roundTripMs);
    if (((this.#least - least) | 0) < 0) this.#least = least | 0;
    if (((this.#leastBefore - least) | 0) < 0) this.#leastBefore = least | 0;
  }
}
