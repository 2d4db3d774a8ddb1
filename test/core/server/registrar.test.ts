import { expect } from "chai";
import { Registrar } from "../../../core/server/registrar.ts";
import { createHandler, defineService, type Instance, implement, type Registry, rpc } from "../../../index.ts";

const contracts = ["a", "b"].map((name) => defineService(`test.${name}`, {}, { ping: rpc() }));

/** What a registry is told, in order. */
function noted() {
  const told: unknown[] = [];
  const registry: Registry = {
    register: async ({ service, health }) => {
      told.push([service, health]);
      return {
        update: async (changes) => void told.push([service, changes]),
        unregister: async () => void told.push([service, "gone"]),
      };
    },
    watch: async () => () => {},
    close: async () => {},
  };
  return { told, registry };
}

describe("core: what a server tells a registry", () => {
  it("is the health of a service when it has changed, and nothing else then", async () => {
    const { told, registry } = noted();
    const health = new Map<string, NonNullable<Instance["health"]>>();
    const registrar = new Registrar({
      registry,
      contracts,
      instance: "i",
      endpoints: [],
      startedAt: 0,
      weight: 1,
      tags: {},
      healthOf: ({ name }) => health.get(name) ?? "SERVING",
      onError: (error) => expect.fail(String(error)),
    });
    await registrar.register();
    registrar.tellHealth();
    health.set("test.b", "NOT_SERVING");
    registrar.tellHealth();
    registrar.tellHealth();
    await registrar.update({ weight: 2 });
    await registrar.unregister();
    registrar.tellHealth();
    expect(told).to.deep.equal([
      ["test.a", "SERVING"],
      ["test.b", "SERVING"],
      ["test.b", { health: "NOT_SERVING" }],
      ["test.a", { weight: 2 }],
      ["test.b", { weight: 2 }],
      ["test.a", "gone"],
      ["test.b", "gone"],
    ]);
  });

  it("is also what changed while the registry was asked", async () => {
    const { told, registry } = noted();
    const [a] = contracts as [(typeof contracts)[0], ...typeof contracts];
    const asking: Registry = {
      ...registry,
      register: async (instance) => {
        const registration = await registry.register(instance);
        handler.health.set("NOT_SERVING");
        return registration;
      },
    };
    const handler = await createHandler({ services: [implement(a, { ping: async () => {} })], registry: asking });
    await handler.register([]);
    expect(told).to.deep.equal([
      ["test.a", "SERVING"],
      ["test.a", { health: "NOT_SERVING" }],
    ]);
    await handler.close();
    expect(told.slice(2)).to.deep.equal([["test.a", "gone"]]);
  });
});
