import type { IncomingCall } from "../../../core/context.ts";
import { rpc, stream } from "../../../core/contract/definition.ts";
import { contractOf, defineService } from "../../../core/contract/service.ts";
import { RpcError } from "../../../core/error.ts";
import { arg } from "../../../core/schema/param.ts";
import { t } from "../../../core/schema/t.ts";
import type { ServedOperation, ServedService } from "../../../core/transport.ts";
import type { Infer } from "../../../core/type/type.ts";

/*
 * grpc.health.v1.Health, which load balancers and probes ask, in the words of the service `trunkline.Health` that every server
 * has (https://github.com/grpc/grpc/blob/master/doc/health-checking.md).
 */

const Request = t.struct("grpc.health.v1.HealthCheckRequest", { service: t.string });
const Response = t.struct("grpc.health.v1.HealthCheckResponse", {
  status: t.enums("grpc.health.v1.HealthCheckResponse.ServingStatus", [
    "UNKNOWN",
    "SERVING",
    "NOT_SERVING",
    "SERVICE_UNKNOWN",
  ]),
});
type Request = Infer<typeof Request>;
type Response = Infer<typeof Response>;

const contract = contractOf(
  defineService(
    "grpc.health.v1.Health",
    {},
    {
      Check: rpc({ params: [arg("request", Request)], returns: Response, idempotent: true }),
      List: rpc({
        params: [arg("request", t.struct("grpc.health.v1.HealthListRequest", {}))],
        returns: t.struct("grpc.health.v1.HealthListResponse", { statuses: t.map(Response) }),
        idempotent: true,
      }),
      Watch: stream({ params: [arg("request", Request)], yields: Response }),
    },
  ),
);

/** `health` is the `trunkline.Health` that it asks, `names` the services that `List` tells of. */
export function healthService(health: ServedService, names: () => readonly string[]): ServedService {
  const [check, watch] = ["check", "watch"].map((name) => operation(health, name)) as [
    ServedOperation,
    ServedOperation,
  ];
  const statusOf = async (call: IncomingCall, service: string): Promise<Response> => ({
    status: (await check.invoke(call, [service])) as Response["status"],
  });
  const invoked: Readonly<Record<string, ServedOperation["invoke"]>> = {
    Check: (call, [request]) => statusOf(call, (request as Request).service),
    List: async (call) => {
      const statuses = new Map<string, Response>();
      for (const name of ["", ...names()]) {
        try {
          statuses.set(name, await statusOf(call, name));
        } catch (error) {
          // What is built in has no status of its own.
          if (!RpcError.is(error) || error.code !== "NOT_FOUND") throw error;
        }
      }
      return { statuses: Object.fromEntries(statuses) };
    },
    Watch: (call, [request]) => responses(watch.invoke(call, [(request as Request).service])),
  };
  return {
    contract,
    operations: contract.operations.map((method) => ({
      ...(method.kind === "stream" ? watch : undefined),
      method,
      invoke: invoked[method.name] as ServedOperation["invoke"],
    })),
  };
}

async function* responses(statuses: unknown): AsyncGenerator<Response> {
  for await (const status of statuses as AsyncIterable<Response["status"]>) yield { status };
}

function operation({ operations }: ServedService, name: string): ServedOperation | undefined {
  return operations.find(({ method }) => method.name === name);
}
