import type { ReferOptions } from "./core/client/client.ts";
import type { Client } from "./core/client/client-types.ts";
import { type ContractLike, contractOf } from "./core/contract/service.ts";
import type { WebClient, WebConnectOptions } from "./web-client.ts";
import { fetchProxy, needsSocket, refuse } from "./web-fetch.ts";

/** A client of any number of services, in a browser. Throws a `TypeError` for options that make no sense. */
export async function connect(options: WebConnectOptions): Promise<WebClient> {
  const { endpoints = [], codec } = options;
  if (!(endpoints.length > 0))
    throw new TypeError("connect: endpoints is empty; name at least one, like wss://shop.example/rpc");
  if (typeof codec?.compile !== "function")
    throw new TypeError("connect: codec: give one by import, as in json() of trunkline/codecs/json");
  if (endpoints.every((url) => /^https?:/.test(url))) return fetchClient(options);
  // Here and not above: a page that only calls and reads does without it.
  const { socketClient } = await import("./web-socket.ts");
  return socketClient(options);
}

function fetchClient(options: WebConnectOptions): WebClient {
  const { endpoints, codec, timeoutMs = 30_000, interceptors = [], credentials, failFast = false } = options;
  const onError = options.onError ?? ((error) => console.error("trunkline:", error));
  const controller = new AbortController();
  const destroy = (): void => controller.abort();
  const settings = { endpoints, codec, timeoutMs, interceptors, credentials, failFast, onError };
  return {
    async refer<C extends ContractLike>(contract: C, { partial = false }: ReferOptions = {}) {
      const described = contractOf(contract);
      const without = needsSocket(described);
      if (without.length > 0 && !partial) refuse(described.name, without);
      return fetchProxy(described, { ...settings, closed: controller.signal }) as Client<C>;
    },
    release: async () => {},
    destroy,
    close: async () => destroy(),
    [Symbol.asyncDispose]: async () => destroy(),
  };
}

// Declaring a contract, and what calls need: the same as those of `trunkline`.

export { retain } from "./core/call/callback.ts";
export type { ReferOptions } from "./core/client/client.ts";
export type { Client } from "./core/client/client-types.ts";
export { oneway, rpc, stream, topic } from "./core/contract/definition.ts";
export { contractOf, defineService, service, unimplemented } from "./core/contract/service.ts";
export { RpcError } from "./core/error.ts";
export { arg } from "./core/schema/param.ts";
export { t } from "./core/schema/t.ts";
export type { Infer } from "./core/type/type.ts";
export type { WebClient, WebConnectOptions } from "./web-client.ts";
