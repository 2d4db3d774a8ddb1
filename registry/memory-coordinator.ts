import type { Coordinator, Session, SessionState, TreeEvent } from "./coordinator.ts";
import { MemoryTree } from "./memory-tree.ts";
import { nodeErrors } from "./node-error.ts";
import { checkPath } from "./node-path.ts";

/** The coordinator in memory, and what tests do to it. */
export interface MemoryCoordinator extends Coordinator {
  /** As when its network fails: requests are refused and nothing is told. */
  cut(): void;
  /** The network is back: what was missed is told, in a new session if the last one has ended. */
  mend(): void;
  /** The servers end its session, as after too long a silence; a new one begins, once there is a network. */
  expire(): void;
}

/**
 * A coordinator within one process: for tests, and the executable specification of the port. Each is a session of its own;
 * those that share `tree` see the same nodes.
 */
export function memoryCoordinator(tree = new MemoryTree()): MemoryCoordinator {
  const session = new MemorySession(tree.open());
  const watches = new Map<string, Set<(event: TreeEvent) => void>>();
  /** What nobody was told of yet, because the network is cut. */
  let missed = new Map<string, TreeEvent>();

  const tell = (events: readonly TreeEvent[]): void => {
    for (const event of events) for (const listener of [...(watches.get(event.path) ?? [])]) listener(event);
  };
  const stop = tree.onCommit((events) => {
    if (session.state === "connected") return tell(events);
    for (const event of events) if (watches.has(event.path)) missed.set(`${event.kind} ${event.path}`, event);
  });
  const goOn = (): void => {
    if (session.state === "lost") session.begin(tree.open());
    else session.go("connected");
    const events = [...missed.values()];
    missed = new Map();
    tell(events);
  };
  /** Every request: refused, or answered at once. */
  const request = async <T>(path: string, answer: () => T): Promise<T> => {
    checkPath(path);
    session.assertReachable();
    return answer();
  };

  return {
    session,
    get: (path) =>
      request(path, () => {
        const node = tree.node(path);
        return node && { data: node.data.slice(), stat: node.stat };
      }),
    stat: (path) => request(path, () => tree.node(path)?.stat),
    children: (path) =>
      request(path, () => {
        const node = tree.node(path);
        return node && [...node.children].sort();
      }),
    commit: (operations) => request("/", () => tree.commit(operations, session.id)),
    watch: (path, listener) =>
      request(path, () => {
        // A function of its own for each watch, so that one listener may watch twice.
        const told = (event: TreeEvent): void => listener(event);
        const listeners = watches.get(path) ?? new Set();
        watches.set(path, listeners.add(told));
        return () => {
          listeners.delete(told);
          if (listeners.size === 0 && watches.get(path) === listeners) watches.delete(path);
        };
      }),
    sync: () => request("/", () => {}),
    cut() {
      if (session.state === "connected") session.go("suspended");
    },
    mend() {
      if (session.state === "suspended" || session.state === "lost") goOn();
    },
    expire() {
      if (session.state === "closed" || session.state === "lost") return;
      const reachable = session.state === "connected";
      session.go("lost");
      tree.end(session.id);
      if (reachable) goOn();
    },
    async close() {
      if (session.state === "closed") return;
      const ended = session.id;
      session.go("closed");
      stop();
      watches.clear();
      tree.end(ended);
    },
  };
}

class MemorySession implements Session {
  state: SessionState = "connected";
  id: string;
  readonly #listeners = new Set<(state: SessionState) => void>();

  constructor(id: string) {
    this.id = id;
  }

  onState(listener: (state: SessionState) => void): () => void {
    const told = (state: SessionState): void => listener(state);
    this.#listeners.add(told);
    return () => {
      this.#listeners.delete(told);
    };
  }

  /** The one after a lost one. */
  begin(id: string): void {
    this.go("connecting");
    this.id = id;
    this.go("connected");
  }

  go(state: SessionState): void {
    this.state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  assertReachable(): void {
    if (this.state === "closed") throw nodeErrors.closed();
    if (this.state !== "connected") throw nodeErrors.away();
  }
}
