import type { Client } from "../contender.ts";

/** Nothing but Node: what any client over TCP begins with. */
export const client: Client = {
  async load() {
    const { connect } = await import("node:net");
    return {
      async connect(address) {
        const socket = connect({ port: Number(address), host: "127.0.0.1", noDelay: true });
        await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
        return {
          call: (order) =>
            new Promise((resolve) => {
              // A small reply comes in one piece on loopback.
              socket.once("data", (frame) => resolve(JSON.parse(frame.toString("utf8", 8))));
              const json = Buffer.from(JSON.stringify(order));
              const head = Buffer.alloc(8);
              head.writeUInt32LE(json.length + 4, 0);
              socket.write(Buffer.concat([head, json]));
            }),
        };
      },
    };
  },
};
