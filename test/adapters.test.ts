import { expect } from "chai";
import { Adapters } from "../adapters.ts";
import { memory } from "../transports/memory/index.ts";
import { tcp } from "../transports/tcp/index.ts";

async function thrown(action: () => Promise<unknown>): Promise<Error> {
  return action().then(
    () => new Error("expected it to fail"),
    (error: Error) => error,
  );
}

describe("the transport of a URL", () => {
  const all = tcp();
  const secure = tcp({ urls: ["tls:"] });
  const host = tcp({ urls: ["tls://10.0.0.1", "unix:///run/"] });
  const address = tcp({ urls: ["tls://10.0.0.1:7"] });
  const { transportOf } = new Adapters([memory(), all, host, address, secure]);

  const choices: readonly (readonly [string, unknown])[] = [
    ["tcp://10.0.0.1:7", all],
    ["unix:///tmp/a.sock", all],
    ["unix:///run/a.sock", host],
    ["tls://10.0.0.2:7", secure],
    ["tls://10.0.0.12:7", secure],
    ["tls://10.0.0.1:8", host],
    ["tls://10.0.0.1:77", host],
    ["tls://10.0.0.1:7", address],
    ["tls://10.0.0.1:7/", address],
  ];
  for (const [url, transport] of choices) {
    it(`is the one given that names the most of ${url}`, async () => {
      expect(await transportOf(url)).to.equal(transport);
    });
  }

  it("is found by its scheme where those given are for others", async () => {
    const found = await new Adapters([secure, memory()]).transportOf("tcp://10.0.0.1:7");
    expect(found).to.include({ scheme: "tcp", urls: undefined });
  });

  it("is an error where two are equally fit, which names both", async () => {
    const { message } = await thrown(() => new Adapters([tcp(), tcp()]).transportOf("tls://a:1"));
    expect(message).to.contain("transports: tcp() and tcp() are both for tls://a:1; say which URLs each is for");
    const twice = new Adapters([tcp({ urls: ["tcp:", "tls:"] }), tcp({ urls: ["tls:"] })]);
    const named = await thrown(() => twice.transportOf("tls://a:1"));
    expect(named).to.be.instanceOf(TypeError);
    expect(named.message).to.contain('tcp({ urls: ["tcp:","tls:"] }) and tcp({ urls: ["tls:"] })');
    expect(await twice.transportOf("tcp://a:1")).to.include({ scheme: "tcp" });
  });

  it("cannot be told by something that is no scheme", () => {
    expect(() => tcp({ urls: ["tls"] })).to.throw(
      TypeError,
      'urls: expected schemes or addresses, as in tls: or tcp://10.0.0.7:20880, got "tls"',
    );
  });
});
