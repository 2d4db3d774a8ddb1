import { expect } from "chai";
import { type Dialled, dialing } from "../../../core/wire/dialing.ts";
import { ManualPlatform } from "./manual-platform.ts";

function attempt(start?: (dialled: Dialled) => () => void) {
  const platform = new ManualPlatform();
  const controller = new AbortController();
  const log: string[] = [];
  let dialled: Dialled | undefined;
  const options = { url: "fake://server", platform, connectTimeoutMs: 100, signal: controller.signal };
  const done = dialing(options, (given) => {
    dialled = given;
    return start?.(given) ?? (() => void log.push("undone"));
  }).then(
    () => void log.push("open"),
    (error: Error) => void log.push(error.message),
  );
  return { platform, controller, log, done, dialled: dialled as unknown as Dialled };
}

const words = (why: string): string => `cannot connect to fake://server: ${why}; is a server listening there?`;

describe("wire: an attempt to dial", () => {
  it("ends with the pipe, and no timer is left", async () => {
    const { dialled, log, done, platform, controller } = attempt();
    dialled.open(() => log.push("attached"));
    await done;
    dialled.refuse("too late");
    controller.abort();
    expect([log, platform.timers]).to.deep.equal([["attached", "open"], 0]);
  });

  it("is refused once, and undone", async () => {
    const { dialled, log, done, platform } = attempt();
    dialled.refuse("nobody is there");
    dialled.refuse("again");
    dialled.open(() => log.push("attached"));
    await done;
    expect([log, platform.timers]).to.deep.equal([["undone", words("nobody is there")], 0]);
  });

  it("fails by what handing over throws, or beginning", async () => {
    const handing = attempt();
    handing.dialled.open(() => {
      throw new Error("the credentials are too long");
    });
    await handing.done;
    expect(handing.log).to.deep.equal(["undone", words("the credentials are too long")]);
    const beginning = attempt(() => {
      throw new Error("no port");
    });
    await beginning.done;
    expect([beginning.log, beginning.platform.timers]).to.deep.equal([[words("no port")], 0]);
  });

  it("has its time, and once more where it was this process that stalled", async () => {
    const { log, done, platform } = attempt();
    platform.block(150);
    platform.advance(0);
    platform.advance(99);
    expect(platform.timers).to.equal(1);
    platform.advance(1);
    await done;
    expect(log).to.deep.equal(["undone", words("no answer within connectTimeoutMs (100)")]);
  });

  it("is given up with the signal", async () => {
    const { log, done, controller } = attempt();
    controller.abort();
    await done;
    expect(log).to.deep.equal(["undone", words("the client was closed")]);
  });
});
