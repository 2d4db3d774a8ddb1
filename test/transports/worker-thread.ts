import { parentPort } from "node:worker_threads";
import { connect, serve } from "../../index.ts";
import { Shop, shop } from "./suite/contract.ts";

/** What a worker of the tests runs: serves its parent, and for `place` asks what its parent serves. */
const client = await connect({ endpoints: ["worker://parent"], codec: "json" });
const server = await serve({
  services: [
    shop({
      read: async (key) => `${key} in a thread`,
      place: async (order, dry) => (await client.refer(Shop)).place(order, dry),
      wait: () => {
        parentPort?.postMessage("it waits");
        return new Promise(() => {});
      },
    }),
  ],
  listen: ["worker://parent"],
});
parentPort?.on("message", async function end(message: unknown) {
  if (message !== "end") return;
  parentPort?.off("message", end);
  await client.close();
  await server.close();
});
