import fc from "fast-check";
import { type Census, census, leaks, watchTimers } from "./leaks.ts";

/** How long sockets may take to close, and a timer wheel's last timer to run out, after a test has ended. */
const GRACE_MS = 1000;

watchTimers();
// The same cases in every run, so that a red run is red again; `PROPERTY_SEED=random` or a number looks at others.
const seed = process.env["PROPERTY_SEED"] ?? "20261121";
if (seed !== "random") fc.configureGlobal({ seed: Number(seed) });
let before: Census | undefined;
const found: string[] = [];

/** Loaded by mocha: after every test nothing may be left that was not there before it. */
export const mochaHooks = {
  beforeEach(): void {
    before = census();
  },
  async afterEach(this: Mocha.Context): Promise<void> {
    if (before === undefined) return;
    const until = performance.now() + GRACE_MS;
    let left = leaks(before);
    while (left.length > 0 && performance.now() < until) {
      await new Promise((resolve) => setImmediate(resolve));
      left = leaks(before);
    }
    // Thrown from here it would end the whole run; the end of the run fails instead, with all of them.
    if (left.length > 0) found.push(`${this.currentTest?.fullTitle()} leaves behind:\n${left.join("\n")}`);
  },
  afterAll(): void {
    if (found.length > 0) throw new Error(found.join("\n\n"));
  },
};
