import type { Candidate } from "../balancer.ts";

/** What became of the attempts at a call. Made when the first has failed, or where somebody wants to hear of each. */
export class Trail {
  /** Of the attempt that is under way, or to be made; from 1. */
  number = 1;
  /** How many earlier attempts were sent. */
  sentTimes = 0;
  /** To whom earlier ones went, each once. */
  readonly tried: Candidate[] = [];
  /** Where the next is to go. */
  at: "other" | "same" | "any" = "other";
  /** When the present one began, by the platform's clock. */
  begunAt = 0;

  failed(candidate: Candidate, sent: boolean): void {
    this.number++;
    if (sent) this.sentTimes++;
    const known = this.tried.indexOf(candidate);
    if (known >= 0) this.tried.splice(known, 1);
    this.tried.push(candidate);
  }
}
