import { RpcError } from "../../core/error.ts";
import { MessagePipe } from "../../core/wire/message-pipe.ts";
import { hear } from "./port.ts";

/** One end of a channel as a pipe. A message is bytes, handed over; or how many were read; or null, the end. */
export function portPipe(port: InstanceType<typeof MessagePort>, address: string): MessagePipe {
  const pipe = new MessagePipe(address, {
    send: (bytes) => port.postMessage(bytes, [bytes.buffer as ArrayBuffer]),
    tellRead: (count) => port.postMessage(count),
    close: () => {
      port.postMessage(null);
      port.close();
    },
  });
  hear(port, (message) => {
    if (message === null) pipe.onEnd();
    else if (typeof message === "number") pipe.onRead(message);
    else pipe.onBytes(message as Uint8Array);
  });
  const unread = new RpcError({ code: "UNAVAILABLE", message: `${address}: a message could not be read` });
  port.addEventListener("messageerror", () => pipe.onEnd(unread));
  // Its thread has ended.
  port.addEventListener("close", () => pipe.onEnd());
  return pipe;
}
