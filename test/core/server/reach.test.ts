import { expect } from "chai";
import { serve } from "../../../index.ts";
import { limited } from "../../transports/limited.ts";
import { shop } from "../../transports/suite/contract.ts";

describe("a server whose transports cannot carry all of its methods", () => {
  const letters = limited("letters", "callbacks", "client streams", "bidirectional streams", "topics");
  const notes = limited("notes", "client streams");
  const start = (listen: readonly string[], over: object = {}) =>
    serve({ services: [shop()], listen, transports: [letters, notes], ...over });
  const thrownBy = async (starting: Promise<unknown>): Promise<unknown> =>
    starting.then(
      () => "it starts",
      (error: unknown) => error,
    );

  it("does not start where nobody could call some of them, and names them", async () => {
    const thrown = await thrownBy(start(["letters://reach-1"]));
    expect(thrown).to.be.instanceOf(TypeError);
    expect((thrown as Error).message).to.equal(
      "suite.Shop: nothing listened on carries steps (callbacks), keep (callbacks), sum (client streams), upper (bidirectional streams), prices (topics): letters://reach-1; listen on a transport that does as well, such as tcp, or serve with partial: true",
    );
    const both = await thrownBy(start(["letters://reach-1", "notes://reach-2"]));
    expect((both as Error).message).to.match(/carries sum \(client streams\): letters:\/\/reach-1, notes:\/\/reach-2;/);
  });

  it("starts where one of its listeners carries them, or where they were given up", async () => {
    await (await start(["letters://reach-1", "memory://reach-2"])).close();
    await (await start(["letters://reach-1"], { partial: true })).close();
  });
});
