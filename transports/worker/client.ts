import type { ClientEnvironment, Link } from "../../core/transport.ts";
import { dialing } from "../../core/wire/dialing.ts";
import { WireLink } from "../../core/wire/link.ts";
import type { Dial } from "../../core/wire/pipe.ts";
import { portOf, type ResolvedWorkerOptions } from "./options.ts";
import { portPipe } from "./pipe.ts";
import { hear } from "./port.ts";

/** Each connection is a channel of its own, whose other end goes through the port. */
export function connectLink(url: string, environment: ClientEnvironment, options: ResolvedWorkerOptions): Link {
  portOf(url, options);
  const dial: Dial = (user, signal) =>
    dialing({ ...options, url, platform: environment.platform, signal }, ({ open, refuse }) => {
      const { port1: ours, port2: theirs } = new MessageChannel();
      const stop = hear(ours, (answer) => {
        stop();
        const pipe = portPipe(ours, url, environment.platform);
        if (answer === null) refuse("it takes no more connections");
        else open(() => pipe.attach(user(pipe)));
      });
      ours.addEventListener("close", () => refuse("its thread has ended"));
      portOf(url, options).postMessage({ trunkline: theirs }, [theirs] as never[]);
      return () => ours.close();
    });
  return new WireLink({ ...options, url, environment, dial });
}
