import type { Candidate } from "../balancer.ts";

/** What became of the attempts at a call. Made when the first has failed, or where somebody wants to hear of each. */
export class Trail {
  /** How many attempts have begun, the present one included, which has it as its number. */
  number = 1;
  /** How many were sent and failed. */
  sentTimes = 0;
  /** To whom others than the present one went, each once; the last is the last. */
  readonly tried: Candidate[] = [];
  /** Where the next is to go. */
  at: "other" | "same" | "any" = "other";
  /** When the present one began, by the platform's clock. */
  begunAt = 0;

  failed(candidate: Candidate, sent: boolean): void {
    if (sent) this.sentTimes++;
    this.asked(candidate);
  }

  asked(candidate: Candidate): void {
    const known = this.tried.indexOf(candidate);
    if (known >= 0) this.tried.splice(known, 1);
    this.tried.push(candidate);
  }
}
