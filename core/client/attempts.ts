import { type AttemptNext, compose } from "../call/interceptor.ts";
import type { OutgoingCall } from "../call/outgoing.ts";
import { Trail } from "../call/trail.ts";
import type { Member } from "./member.ts";
import { type AttemptsOptions, Round, type Run } from "./round.ts";

/** Begins attempts that are more than their call: interceptors stand around each, or others may begin beside it. */
export class Attempts {
  readonly options: AttemptsOptions;
  readonly run: AttemptNext;

  constructor(options: AttemptsOptions) {
    this.options = options;
    this.run = compose<AttemptNext>(options.interceptors, (seen) => (seen.attempt as Run).begin(seen));
  }

  /** `alone`: no other may begin beside it. */
  begin(call: OutgoingCall, member: Member, alone: boolean): void {
    call.trail ??= new Trail();
    const round = new Round(call, this, alone || !call.method.idempotent || call.method.kind !== "unary");
    call.carrier = round;
    round.start(member);
  }
}
