import { callbackSuite } from "./suite/callback.ts";
import { connectionsSuite } from "./suite/connections.ts";
import { contextSuite } from "./suite/context.ts";
import { errorSuite } from "./suite/error.ts";
import type { Fixture } from "./suite/fixture.ts";
import { futureSuite } from "./suite/future.ts";
import { genericSuite } from "./suite/generic.ts";
import { healthSuite } from "./suite/health.ts";
import { identitySuite } from "./suite/identity.ts";
import { leftOutSuite } from "./suite/left-out.ts";
import { lifecycleSuite } from "./suite/lifecycle.ts";
import { type Limited, limitsSuite } from "./suite/limits.ts";
import { messagesSuite } from "./suite/messages.ts";
import { metadataSuite } from "./suite/metadata.ts";
import { misfitSuite } from "./suite/misfit.ts";
import { leaveOut, type Need } from "./suite/needs.ts";
import { onewaySuite } from "./suite/oneway.ts";
import { releaseSuite } from "./suite/release.ts";
import { replyMetadataSuite } from "./suite/reply-metadata.ts";
import { reportSuite } from "./suite/report.ts";
import { streamSuite } from "./suite/stream.ts";
import { topicSuite } from "./suite/topic.ts";
import { trailersSuite } from "./suite/trailers.ts";
import { unarySuite } from "./suite/unary.ts";
import { waitingSuite } from "./suite/waiting.ts";

export interface SuiteOptions {
  /** False where no bytes cross, so that limits on them mean nothing. */
  readonly bytes: boolean;
  /** What the transport lacks; the cases that need it are left out. Default: nothing. */
  readonly lacks?: readonly Need[];
}

/** What every transport must promise of every invocation pattern. A new fixture is made for each test. */
export function transportSuite(make: Limited, options: SuiteOptions): void {
  let current: Fixture | undefined;
  const fixture = (): Fixture => {
    current ??= make({});
    return current;
  };
  afterEach(async () => {
    const ended = current;
    current = undefined;
    await ended?.dispose();
  });
  leaveOut(options.lacks ?? []);
  unarySuite(fixture);
  onewaySuite(fixture);
  callbackSuite(fixture);
  futureSuite(fixture);
  topicSuite(fixture);
  messagesSuite(fixture);
  reportSuite(fixture);
  streamSuite(fixture);
  contextSuite(fixture);
  errorSuite(fixture);
  replyMetadataSuite(fixture);
  metadataSuite(fixture);
  trailersSuite(fixture);
  misfitSuite(fixture);
  identitySuite(fixture);
  healthSuite(fixture);
  genericSuite(fixture);
  leftOutSuite(fixture);
  lifecycleSuite(fixture);
  releaseSuite(fixture);
  waitingSuite(fixture);
  limitsSuite(make, options);
  connectionsSuite(make);
}
