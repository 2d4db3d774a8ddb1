import { type Census, census, leaks, watchTimers } from "./leaks.ts";

/** How long sockets may take to close, and a timer wheel's last timer to run out, after a test has ended. */
const GRACE_MS = 1000;

watchTimers();
let before: Census | undefined;

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
    if (left.length > 0) throw new Error(`${this.currentTest?.fullTitle()} leaves behind:\n${left.join("\n")}`);
  },
};
