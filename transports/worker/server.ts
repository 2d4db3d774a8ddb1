import { RpcError } from "../../core/error.ts";
import type { Listener, ServerHost } from "../../core/transport.ts";
import { WireAcceptor } from "../../core/wire/acceptor.ts";
import { portOf, type ResolvedWorkerOptions } from "./options.ts";
import { portPipe } from "./pipe.ts";
import { hear } from "./port.ts";

/** Stands on a port where a server listens, as two copies of this module may meet there. */
const LISTENING = Symbol.for("trunkline.worker.listening");

export async function listenAt(url: string, host: ServerHost, options: ResolvedWorkerOptions): Promise<Listener> {
  const port = portOf(url, options);
  if (LISTENING in port) {
    const message = `${url}: its port is in use; stop the server that listens there, or use another port`;
    throw new RpcError({ code: "ALREADY_EXISTS", message });
  }
  const acceptor = new WireAcceptor(host, options.limits);
  const stop = hear(port, (message) => {
    const theirs = (message as { readonly trunkline?: unknown } | null)?.trunkline;
    if (!(theirs instanceof MessagePort)) return;
    const pipe = portPipe(theirs, url, host.platform);
    const user = acceptor.accept(pipe);
    if (user === undefined) return pipe.destroy();
    theirs.postMessage("open");
    pipe.attach(user);
  });
  Object.assign(port, { [LISTENING]: true });
  return acceptor.listener(url, () => {
    stop();
    Reflect.deleteProperty(port, LISTENING);
  });
}
