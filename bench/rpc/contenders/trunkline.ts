import type { Transport } from "../../../core/transport.ts";
import { arg, connect, defineService, implement, rpc, serve, t } from "../../../index.ts";
import type { Contender } from "../contender.ts";
import { opaque, order } from "../order.ts";
import { Order } from "../order-type.ts";

const Echo = defineService(
  "bench.Echo",
  { version: "1.0.0" },
  {
    echo: rpc({ params: [arg("order", Order)], returns: Order }),
    blob: rpc({ params: [arg("data", t.bytes)], returns: t.bytes }),
    hold: rpc({ params: [arg("order", Order)], returns: Order }),
  },
);

export interface TrunklineOptions {
  readonly listen: string;
  readonly codec?: "json" | "msgpack" | "protobuf" | "avro" | "hessian2";
  /** Whether handlers' own calls inherit deadline and metadata. Default: as of `connect` and `serve`. */
  readonly inherit?: boolean;
  /** The client's, where a URL does not say enough. */
  readonly transports?: readonly Transport[];
}

/** Everything else is as a user gets it: validation, deadlines, isolation, the context of a call. */
function trunkline({ listen, codec, inherit, transports = [] }: TrunklineOptions) {
  const inheriting = inherit === undefined ? {} : { inherit };
  const startServer = async () => {
    let held: (() => void)[] = [];
    const echo = implement(Echo, {
      echo: async (value) => value,
      blob: async (value) => value,
      hold: (value) => new Promise((resolve) => held.push(() => resolve(value))),
    });
    const server = await serve({ services: [echo], listen: [listen], ...inheriting });
    return {
      address: String(server.endpoints[0]),
      held: () => held.length,
      release() {
        for (const answer of held) answer();
        held = [];
      },
    };
  };
  const refer = async (address: string) => {
    const client = await connect({ endpoints: [address], transports, ...inheriting });
    return client.refer(Echo, codec === undefined ? {} : { codec });
  };
  return { startServer, refer };
}

export function orderEcho(options: TrunklineOptions): Contender<Order> {
  const { startServer, refer } = trunkline(options);
  return {
    payload: order,
    startServer,
    async connect(address) {
      const echo = await refer(address);
      return {
        call: (value) => echo.echo(value),
        // Half a minute is the default, and may pass until all are there.
        hold: (value) => echo.hold.with({ timeoutMs: 300_000 })(value),
      };
    },
  };
}

export function blobEcho(options: TrunklineOptions): Contender<Uint8Array> {
  const { startServer, refer } = trunkline(options);
  return {
    payload: opaque,
    startServer,
    async connect(address) {
      const echo = await refer(address);
      return { call: (value) => echo.blob(value) };
    },
  };
}
