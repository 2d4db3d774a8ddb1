import { expect } from "chai";
import { connect, defineService, implement, rpc, serve, service, t, topic, unimplemented } from "../../../index.ts";
import { signal } from "../../transports/suite/fixture.ts";

const News = defineService(
  "test.News",
  {},
  { print: rpc({ params: [t.string], returns: t.int32 }), headlines: topic(t.string) },
);

@service("test.Papers")
abstract class Papers {
  @rpc({ params: [t.string] })
  print(text: string): Promise<void> {
    return unimplemented(text);
  }
}
class Press extends Papers {
  override async print(): Promise<void> {}
}

/** What `serve` says to something that it cannot serve, which the compiler would refuse as well. */
async function refusal(given: unknown): Promise<string> {
  const services = [new Press(), given as Press];
  const server = await serve({ services, listen: ["memory://refused"] }).catch((error: unknown) => error);
  if (server instanceof TypeError) return server.message;
  throw new Error("it was served");
}

describe("what is given to serve", () => {
  it("is an instance or an implementation, or the error says what to write", async () => {
    const give = "give an instance of a class, or implement(contract, handlers)";
    expect(await refusal(Press)).to.equal("services[1] is the class Press; give an instance of it: new Press()");
    expect(await refusal(News)).to.equal("services[1] is the contract test.News; give implement(contract, handlers)");
    expect(await refusal({})).to.equal(`services[1] is a plain object; ${give}`);
    expect(await refusal(undefined)).to.equal(`services[1] is undefined; ${give}`);
    expect(await refusal(new Map())).to.equal("Map is not a contract: decorate it with @service(name)");
  });
});

describe("implement with a function", () => {
  it("hands each server's topics to its handlers", async () => {
    let made = 0;
    const press = implement(News, (topics) => {
      made++;
      return {
        print: async (text) => {
          await topics.headlines.publish(text);
          return made;
        },
      };
    });
    expect(made).to.equal(0);
    await using first = await serve({ services: [press], listen: ["memory://first"] });
    await using second = await serve({ services: [press], listen: ["memory://second"] });
    expect(made).to.equal(2);
    for (const { endpoints } of [first, second]) {
      await using client = await connect({ endpoints });
      const news = await client.refer(News);
      const read = signal<string>();
      await using _ = await news.headlines.subscribe((headline) => read.resolve(headline));
      await news.print(endpoints[0] as string);
      expect(await read.promise).to.equal(endpoints[0]);
    }
  });

  it("refuses a handler that the contract does not have, when it is served", async () => {
    const press = implement(News, () => ({ print: async () => 1, pint: 5 }));
    const failed = await serve({ services: [press], listen: ["memory://names"] }).catch((error: unknown) => error);
    expect(failed).to.be.an.instanceOf(TypeError);
    expect((failed as Error).message).to.equal("implement test.News: the contract has no method pint");
  });
});
