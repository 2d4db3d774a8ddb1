import type { Operation, Outcome, Stat, TreeEvent } from "./coordinator.ts";
import { checkOperations, failingAt, MAX_SEQUENCE, nodeErrors } from "./node-error.ts";
import { nameOf, parentOf, sequenceOf } from "./node-path.ts";

interface TreeNode {
  data: Uint8Array;
  stat: Stat;
  readonly children: Set<string>;
  /** What the next sequential node under it gets. */
  sequence: number;
}

/** A change that can be taken back, and what it is to those who watch. */
interface Change {
  undo(): void;
  readonly events: readonly TreeEvent[];
}

/** The servers' part of the coordinator in memory: the nodes, and who is told of their changes. */
export class MemoryTree {
  readonly #nodes = new Map<string, TreeNode>();
  readonly #listeners = new Set<(events: readonly TreeEvent[]) => void>();
  #revision = 0n;
  #sessions = 0;

  constructor() {
    this.#nodes.set("/", newNode(new Uint8Array(), { version: 0, created: 0n, changed: 0n, owner: undefined }));
  }

  /** The name of a new session. */
  open(): string {
    return `session-${++this.#sessions}`;
  }

  /** The session is over: its ephemeral nodes go. */
  end(session: string): void {
    const owned = [...this.#nodes].filter(([, { stat }]) => stat.owner === session).map(([path]) => path);
    if (owned.length > 0) this.#apply(owned.map((path) => ({ kind: "delete", path })));
  }

  node(path: string): Readonly<TreeNode> | undefined {
    return this.#nodes.get(path);
  }

  /** Told of each commit once it is done; returns what stops it. */
  onCommit(listener: (events: readonly TreeEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  commit(operations: readonly Operation[], session: string): Outcome[] {
    checkOperations(operations);
    return this.#apply(operations, session);
  }

  #apply(operations: readonly Operation[], session?: string): Outcome[] {
    const changes: Change[] = [];
    this.#revision++;
    try {
      const outcomes = operations.map((operation, i) =>
        failingAt(i, () => this.#operate(operation, session, (change) => changes.push(change))),
      );
      const events = changes.flatMap((change) => change.events);
      if (events.length > 0) for (const listener of [...this.#listeners]) listener(events);
      return outcomes;
    } catch (error) {
      for (const change of changes.reverse()) change.undo();
      throw error;
    }
  }

  #operate(operation: Operation, session: string | undefined, done: (change: Change) => void): Outcome {
    switch (operation.kind) {
      case "create":
        return this.#create(operation, session, done);
      case "set":
        return this.#set(operation, done);
      case "delete":
        return this.#delete(operation, done);
      case "check":
        return { path: operation.path, stat: this.#expect(operation).stat };
    }
  }

  #create(
    { path: asked, data = new Uint8Array(), options = {} }: Operation & { kind: "create" },
    session: string | undefined,
    done: (change: Change) => void,
  ): Outcome {
    if (options.access !== undefined) throw nodeErrors.noAccess(asked);
    const above = parentOf(asked);
    const parent = this.#nodes.get(above);
    if (parent === undefined) throw nodeErrors.orphan(asked);
    if (parent.stat.owner !== undefined) throw nodeErrors.ephemeralParent(asked);
    const { sequence } = parent;
    if (options.sequential && sequence > MAX_SEQUENCE) throw nodeErrors.numbersOver(asked);
    const path = options.sequential ? `${asked}${sequenceOf(sequence)}` : asked;
    if (this.#nodes.has(path)) throw nodeErrors.exists(path);
    const owner = options.ephemeral ? session : undefined;
    const stat = { version: 0, created: this.#revision, changed: this.#revision, owner };
    this.#nodes.set(path, newNode(data.slice(), stat));
    parent.children.add(nameOf(path));
    if (options.sequential) parent.sequence++;
    done({
      events: [
        { kind: "created", path },
        { kind: "children", path: above },
      ],
      undo: () => {
        this.#nodes.delete(path);
        parent.children.delete(nameOf(path));
      },
    });
    return { path, stat };
  }

  #set(operation: Operation & { kind: "set" }, done: (change: Change) => void): Outcome {
    const { path } = operation;
    const node = this.#expect(operation);
    const { data, stat } = node;
    node.data = operation.data.slice();
    node.stat = { ...stat, version: stat.version + 1, changed: this.#revision };
    done({ events: [{ kind: "changed", path }], undo: () => Object.assign(node, { data, stat }) });
    return { path, stat: node.stat };
  }

  #delete(operation: Operation & { kind: "delete" }, done: (change: Change) => void): Outcome {
    const { path } = operation;
    const node = this.#expect(operation);
    if (node.children.size > 0) throw nodeErrors.notEmpty(path);
    const above = parentOf(path);
    const parent = this.#nodes.get(above);
    this.#nodes.delete(path);
    parent?.children.delete(nameOf(path));
    done({
      events: [
        { kind: "deleted", path },
        { kind: "children", path: above },
      ],
      undo: () => {
        this.#nodes.set(path, node);
        parent?.children.add(nameOf(path));
      },
    });
    return { path, stat: undefined };
  }

  /** The node of the version that the operation names. */
  #expect({ path, version }: { readonly path: string; readonly version?: number }): TreeNode {
    const node = this.#nodes.get(path);
    if (node === undefined) throw nodeErrors.missing(path);
    if (version !== undefined && node.stat.version !== version) throw nodeErrors.otherVersion(path, version);
    return node;
  }
}

function newNode(data: Uint8Array, stat: Stat): TreeNode {
  return { data, stat, children: new Set(), sequence: 0 };
}
