/** What keeps a process alive, or would run later: sockets, servers, child processes, timers, the process's listeners. */
export interface Census {
  readonly resources: ReadonlyMap<string, number>;
  readonly timers: ReadonlySet<object>;
}

/** Timers of the code under test, unref'd ones too, which no list of Node's shows; each with where it was made. */
const timers = new Map<object, Error>();

/** Replaces the timer functions by ones that keep a list. Call before anything else is loaded. */
export function watchTimers(): void {
  const { setTimeout: start, clearTimeout: stop } = globalThis;
  const watched = (task: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): NodeJS.Timeout => {
    const timer = start(() => {
      timers.delete(timer);
      task(...args);
    }, ms);
    timers.set(timer, new Error("made here"));
    return timer;
  };
  globalThis.setTimeout = Object.assign(watched, start) as typeof setTimeout;
  // The promise version is a property that is not enumerable.
  Object.defineProperties(watched, Object.getOwnPropertyDescriptors(start));
  globalThis.clearTimeout = ((timer: NodeJS.Timeout | undefined) => {
    if (typeof timer === "object") timers.delete(timer);
    stop(timer);
  }) as typeof clearTimeout;
}

export function census(): Census {
  const resources = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) resources.set(type, (resources.get(type) ?? 0) + 1);
  for (const event of process.eventNames()) {
    resources.set(`listener of ${String(event)}`, process.listenerCount(event));
  }
  return { resources, timers: new Set(timers.keys()) };
}

/** Immediates are this turn's business; timers are listed by `timers`, where mocha's own are not. */
const ignored = new Set(["Immediate", "Timeout"]);

/** What is there now and was not there `before`, one line each. */
export function leaks(before: Census): string[] {
  const now = census();
  const found: string[] = [];
  for (const [type, count] of now.resources) {
    const more = count - (before.resources.get(type) ?? 0);
    if (more > 0 && !ignored.has(type)) found.push(`${more} ${type}`);
  }
  for (const timer of now.timers) {
    if (!before.timers.has(timer))
      found.push(`a timer ${timers.get(timer)?.stack?.split("\n").slice(2, 5).join(" <")}`);
  }
  return found;
}
