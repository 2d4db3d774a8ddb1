import { RpcError } from "../../core/error.ts";
import { checkOptions } from "../../core/options.ts";
import type { Transport } from "../../core/transport.ts";
import { dialing } from "../../core/wire/dialing.ts";
import { WireLink } from "../../core/wire/link.ts";
import { resolveWireOptions, type WireOptions, wireOptions } from "../../core/wire/options.ts";
import { SUBPROTOCOL } from "./subprotocol.ts";
import { WebPipe } from "./web-pipe.ts";

/** The multiplexed protocol over the WebSocket of a browser, or of another runtime that has it: `ws://host`, `wss://host/path`. */
export function webSocket(given: WireOptions = {}): Transport {
  const { limits, backoff, connectTimeoutMs } = resolveWireOptions(checkOptions("webSocket", given, wireOptions));
  return {
    scheme: "ws",
    schemes: ["wss"],
    connect(url, environment) {
      const { platform } = environment;
      return new WireLink({
        url,
        environment,
        limits,
        backoff,
        dial: (user, signal) =>
          dialing({ url, platform, connectTimeoutMs, signal }, ({ open, refuse }) => {
            const socket = new WebSocket(url, SUBPROTOCOL);
            socket.binaryType = "arraybuffer";
            // Why is for the console alone: the page must not learn it.
            socket.onclose = () => refuse("it was refused, or nobody answered; the browser's console may say more");
            socket.onopen = () =>
              open(() => {
                const pipe = new WebPipe(socket, url, platform);
                pipe.attach(user(pipe));
              });
            return () => socket.close();
          }),
      });
    },
    listen: (url) =>
      Promise.reject(new RpcError({ code: "UNIMPLEMENTED", message: `${url}: a browser cannot listen` })),
  };
}
