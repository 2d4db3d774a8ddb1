import { connect, type RpcClient, serve } from "../../index.ts";
import { http } from "../../transports/http/index.ts";
import { missingGo, runGo, startGoServer } from "../go/peer.ts";
import { runBare, startBareServer } from "./interop/bare.ts";
import { cases } from "./interop/cases.ts";
import { testService } from "./interop/contract.ts";

interface Started {
  /** `127.0.0.1:50051` */
  readonly address: string;
  stop(): void;
}

const names = Object.keys(cases);

async function ours(listen: string): Promise<Started> {
  const server = await serve({ services: [testService()], listen: [listen], onError: () => {} });
  const { host } = new URL(String(server.endpoints[0]).replace(/^grpc/, "http"));
  return { address: host, stop: () => server.destroy() };
}

const servers = {
  "grpc://": () => ours("grpc://127.0.0.1:0"),
  "http://": () => ours("http://127.0.0.1:0"),
};
const clients = {
  "grpc://": (address: string) => connect({ endpoints: [`grpc://${address}`], codec: "protobuf" }),
  "gRPC over http://": (address: string) =>
    connect({ endpoints: [`http://${address}`], codec: "protobuf", transports: [http({ protocol: "grpc" })] }),
};

/** Whatever a case leaves under way, ends with it. */
async function between(
  start: () => Promise<Started>,
  open: ((address: string) => Promise<RpcClient>) | undefined,
  run: (client: RpcClient | undefined, address: string) => Promise<void> | undefined,
): Promise<void> {
  const server = await start();
  const client = await open?.(server.address);
  try {
    await run(client, server.address);
  } finally {
    client?.destroy();
    server.stop();
  }
}

describe("gRPC's interop cases", () => {
  for (const [where, start] of Object.entries(servers)) {
    describe(`of a client of grpc-js at ${where}`, () => {
      for (const name of names) it(name, () => between(start, undefined, (_, address) => runBare(name, address)));
    });
  }
  for (const [whose, open] of Object.entries(clients)) {
    for (const [where, start] of Object.entries({ "grpc-js": startBareServer, ...servers })) {
      describe(`of a client of ${whose} at ${where}`, () => {
        for (const name of names) it(name, () => between(start, open, (client) => cases[name]?.(client as RpcClient)));
      });
    }
  }
});

describe("gRPC's interop cases with Go", () => {
  before(async function () {
    this.timeout(300_000);
    const missing = await missingGo();
    if (missing === undefined) return;
    console.warn(`SKIPPED: ${missing}`);
    this.skip();
  });
  for (const [where, start] of Object.entries(servers)) {
    it(`of its client at ${where}: ${names.join(", ")}`, async function () {
      this.timeout(60_000);
      await between(start, undefined, (_, address) => runGo(address, names));
    });
  }
  for (const [whose, open] of Object.entries(clients)) {
    for (const name of names) {
      it(`of a client of ${whose} at its server: ${name}`, () =>
        between(startGoServer, open, (client) => cases[name]?.(client as RpcClient)));
    }
  }
});
