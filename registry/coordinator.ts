/** The most bytes that a commit brings, and so that a node holds: what ZooKeeper takes by default, its own envelope left out. */
export const MAX_DATA_BYTES = 1_000_000;
/** The most operations of one `commit` that every implementation takes; etcd allows 128 conditions and writes. */
export const MAX_OPERATIONS = 50;

/**
 * - `connecting`: no session yet.
 * - `connected`: the session holds.
 * - `suspended`: nothing is heard of the servers; the session may hold. Who holds a lock must not rely on it.
 * - `lost`: the session is over, and with it its ephemeral nodes. The next one is being opened, with another `id`.
 * - `closed`: by this side, for good.
 */
export type SessionState = "connecting" | "connected" | "suspended" | "lost" | "closed";

/** What ties ephemeral nodes to this process: ZooKeeper's session, etcd's lease. */
export interface Session {
  readonly state: SessionState;
  /** The `owner` of the ephemeral nodes made in it; `undefined` before the first. Another one after `lost`. */
  readonly id: string | undefined;
  /** Called at every change, in order; must not throw. Returns what stops it. */
  onState(listener: (state: SessionState) => void): () => void;
}

/** What is known of a node besides its data. Revisions are of the whole tree: each commit has a higher one than all before. */
export interface Stat {
  /** How often its data was replaced since it was made. */
  readonly version: number;
  /** The revision that made it. A node made later has a higher one, so it is a fencing token. */
  readonly created: bigint;
  /** The revision that last changed its data. */
  readonly changed: bigint;
  /** Of an ephemeral node the session; else `undefined`. */
  readonly owner: string | undefined;
}

export interface Node {
  readonly data: Uint8Array;
  readonly stat: Stat;
}

/** Who may do what, where the servers know of it: ZooKeeper's ACL. */
export interface Access {
  /** `world:anyone`, `digest:user:hash`, `ip:10.0.0.0/8`. */
  readonly who: string;
  readonly may: readonly ("create" | "read" | "write" | "delete" | "admin")[];
}

export interface CreateOptions {
  /** Goes when the session that made it ends. It has no children. @default false */
  readonly ephemeral?: boolean;
  /**
   * Puts ten digits behind the name: a number above all that were given out under this parent before, not always by one. The
   * path may then end in `/`. @default false
   */
  readonly sequential?: boolean;
  /** Default: as the servers have it. */
  readonly access?: readonly Access[];
}

export interface NewNode extends CreateOptions {
  /** Default: none. */
  readonly data?: Uint8Array;
}

export interface NewData {
  readonly data: Uint8Array;
  /** The version that is replaced. Default: any. */
  readonly version?: number;
}

/** One step of a commit. Without `version` the node may be of any. */
export type Operation =
  | { readonly kind: "create"; readonly path: string; readonly data?: Uint8Array; readonly options?: CreateOptions }
  | { readonly kind: "set"; readonly path: string; readonly data: Uint8Array; readonly version?: number }
  | { readonly kind: "delete"; readonly path: string; readonly version?: number }
  | { readonly kind: "check"; readonly path: string; readonly version?: number };

/** Of one operation: the path of the node, with the number of a sequential one, and its stat unless it was deleted. */
export interface Outcome {
  readonly path: string;
  readonly stat: Stat | undefined;
}

export interface TreeEvent {
  /** `children`: one came or went under `path`. */
  readonly kind: "created" | "changed" | "deleted" | "children";
  readonly path: string;
}

/**
 * The coordinator port: a small tree of nodes that many processes share, as ZooKeeper defines it. Paths are `/a/b`; the root
 * `/` is always there, holds no data and is never written. Everything that fails rejects with an `RpcError`:
 * `INVALID_ARGUMENT` for what is no path, `NOT_FOUND` for a node or parent that is not there, `ALREADY_EXISTS`,
 * `FAILED_PRECONDITION` for a delete of a node that has children and a child of an ephemeral node, `ABORTED` for another version,
 * `RESOURCE_EXHAUSTED` beyond `MAX_DATA_BYTES` or `MAX_OPERATIONS`, `PERMISSION_DENIED`, `UNIMPLEMENTED` for an option that the
 * servers do not have, `UNAVAILABLE` while they cannot be reached, `CANCELLED` once closed.
 *
 * An implementation
 * - must apply a commit as a whole or not at all, its operations in order, each seeing those before it; the error of one that
 *   fails has `details.operation`, its position;
 * - must let one session see its own commits, and never an older state after a newer one; what others committed it may see
 *   late, but for what was committed before a `sync`;
 * - must tell `lost` no later than the servers may end the session, by a clock of its own that runs from the last word sent
 *   which was answered: until then nobody else can hold what an ephemeral node of it stands for. After it the implementation
 *   opens a new session by itself; it must not make ephemeral nodes again, which is their owner's to decide;
 * - must have each watch outlive connections and sessions, and tell after a gap what may have changed meanwhile;
 * - may tell one event for several changes, and events where nothing changed; must never leave out the last change, nor tell
 *   of it before a read can see it;
 * - must give each request a time of its own (an option of the implementation), and reject with `UNAVAILABLE` after it. Where
 *   a commit had been sent, `details.outcome` is `"unknown"`, and it must not be sent again: the servers may have applied it;
 * - must end the session in `close`, so that its ephemeral nodes go at once;
 * - must not keep or change the bytes that it was given, nor hand out bytes that it uses itself.
 */
export interface Coordinator {
  readonly session: Session;
  /** `undefined` where there is no such node. */
  get(path: string): Promise<Node | undefined>;
  /** As `get`, without the data. */
  stat(path: string): Promise<Stat | undefined>;
  /** The names of its children, sorted; `undefined` where there is no such node. */
  children(path: string): Promise<readonly string[] | undefined>;
  /** All of the operations, or none of them. */
  commit(operations: readonly Operation[]): Promise<readonly Outcome[]>;
  /**
   * Watches the node at `path`, whether it is there or not, and the names of its children, until stopped; `listener` must
   * not throw. Every change after it has resolved is told: who then reads misses nothing.
   */
  watch(path: string, listener: (event: TreeEvent) => void): Promise<() => void>;
  /** What was committed by anybody before is seen by reads after it has resolved. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What `commit` alone can do needs no member of its own: one node made; resolves to its path, with its number if it has one. */
export async function create(coordinator: Coordinator, path: string, node: NewNode = {}): Promise<string> {
  const { data, ...options } = node;
  const [made] = await coordinator.commit([{ kind: "create", path, ...(data && { data }), options }]);
  return (made as Outcome).path;
}

/** The data of one node replaced, by compare-and-set where a `version` is given. */
export async function set(coordinator: Coordinator, path: string, { data, version }: NewData): Promise<Stat> {
  const [changed] = await coordinator.commit([{ kind: "set", path, data, ...(version !== undefined && { version }) }]);
  return (changed as Outcome).stat as Stat;
}

/** One node deleted; with `version` only if it is of that. */
export async function remove(coordinator: Coordinator, path: string, version?: number): Promise<void> {
  await coordinator.commit([{ kind: "delete", path, ...(version !== undefined && { version }) }]);
}
