import type { RpcError } from "../error.ts";
import { refusedRefer } from "../link/gone.ts";
import type { ClientEnvironment, Link, Transport } from "../transport.ts";

/** The links of a client, `connections` of them per endpoint, shared by all its references. */
export class LinkPool {
  readonly connections: number;
  readonly #environment: ClientEnvironment;
  readonly transportOf: (url: string) => Promise<Transport>;
  readonly #links = new Map<string, { readonly link: Link; users: number }>();
  #closed = false;

  constructor(environment: ClientEnvironment, transportOf: (url: string) => Promise<Transport>, connections: number) {
    this.#environment = environment;
    this.transportOf = transportOf;
    this.connections = connections;
  }

  /** The nth link to `url`, from 0; whoever acquires it releases it. */
  async acquire(url: string, nth: number): Promise<Link> {
    const transport = await this.transportOf(url);
    if (this.#closed) throw refusedRefer("client");
    const key = keyOf(url, nth);
    let entry = this.#links.get(key);
    if (entry === undefined) {
      entry = { link: transport.connect(url, this.#environment), users: 0 };
      this.#links.set(key, entry);
    }
    entry.users++;
    return entry.link;
  }

  release(url: string, nth: number): void {
    const key = keyOf(url, nth);
    const entry = this.#links.get(key);
    if (this.#closed || entry === undefined || --entry.users > 0) return;
    this.#links.delete(key);
    void entry.link.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    // They stay in the table until they are closed, so that `destroy` still finds them.
    await Promise.all([...this.#links.values()].map(({ link }) => link.close()));
    this.#links.clear();
  }

  destroy(error: RpcError): void {
    this.#closed = true;
    for (const { link } of this.#links.values()) link.destroy(error);
    this.#links.clear();
  }
}

function keyOf(url: string, nth: number): string {
  return `${nth} ${url}`;
}
