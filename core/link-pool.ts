import type { RpcError } from "./error.ts";
import { refusedRefer } from "./gone.ts";
import type { ClientEnvironment, Link, Transport } from "./transport.ts";

/** The links of a client, one per endpoint, shared by all its references. */
export class LinkPool {
  readonly #environment: ClientEnvironment;
  readonly #transportOf: (url: string) => Promise<Transport>;
  readonly #links = new Map<string, { readonly link: Link; users: number }>();
  #closed = false;

  constructor(environment: ClientEnvironment, transportOf: (url: string) => Promise<Transport>) {
    this.#environment = environment;
    this.#transportOf = transportOf;
  }

  /** The link to `url`; whoever acquires it releases it. */
  async acquire(url: string): Promise<Link> {
    const transport = await this.#transportOf(url);
    if (this.#closed) throw refusedRefer("client");
    let entry = this.#links.get(url);
    if (entry === undefined) {
      entry = { link: transport.connect(url, this.#environment), users: 0 };
      this.#links.set(url, entry);
    }
    entry.users++;
    return entry.link;
  }

  release(url: string): void {
    const entry = this.#links.get(url);
    if (this.#closed || entry === undefined || --entry.users > 0) return;
    this.#links.delete(url);
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
