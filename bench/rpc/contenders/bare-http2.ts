import { once } from "node:events";
import { connect, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Contender } from "../contender.ts";
import { type Order, order } from "../order.ts";

/** JSON in a request of its own on one session: no content types, errors or deadlines. */
export const contender: Contender<Order> = {
  payload: order,
  async startServer() {
    const server = createServer();
    server.on("stream", (stream) => {
      let text = "";
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => {
        text += chunk;
      });
      stream.on("end", () => {
        stream.respond({ ":status": 200 });
        stream.end(JSON.stringify(JSON.parse(text)));
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  },
  async connect(address) {
    const session = connect(address);
    await once(session, "connect");
    return {
      call: (value) =>
        new Promise((resolve, reject) => {
          const stream = session.request({ ":method": "POST", ":path": "/echo" });
          let text = "";
          stream.setEncoding("utf8");
          stream.on("data", (chunk: string) => {
            text += chunk;
          });
          stream.on("end", () => resolve(JSON.parse(text)));
          stream.on("error", reject);
          stream.end(JSON.stringify(value));
        }),
    };
  },
};
