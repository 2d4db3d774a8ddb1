import type { ReferOptions } from "./core/client/client.ts";
import type { ClientOptions } from "./core/client/client-options.ts";
import type { Client } from "./core/client/client-types.ts";
import type { Codec } from "./core/codec.ts";
import type { ContractLike } from "./core/contract/service.ts";

export interface WebConnectOptions extends ClientOptions {
  /**
   * Where the servers are, all of one kind. `["https://shop.example"]`: by fetch, in Connect's protocol, calls and streams of the
   * server. `["wss://shop.example/rpc"]`: every pattern, for which the rest of the client is loaded.
   */
  readonly endpoints: readonly string[];
  /** By import, so that a page loads no other: `json()` of `trunkline/codecs/json`. */
  readonly codec: Codec;
}

/** What `connect` gives in a browser. */
export interface WebClient extends AsyncDisposable {
  /** A proxy for a service, as that of `trunkline`. Over `fetch` of the options `partial` alone counts. */
  refer<C extends ContractLike>(contract: C, options?: ReferOptions): Promise<Client<C>>;
  /** Gives up what `refer` returned. */
  release(proxy: object): Promise<void>;
  close(): Promise<void>;
  destroy(): void;
}
