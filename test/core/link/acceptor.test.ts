import { expect } from "chai";
import { RpcError } from "../../../core/error.ts";
import { Acceptor } from "../../../core/link/acceptor.ts";
import type { ServerHost } from "../../../core/transport.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

interface Door {
  readonly log: string[];
  leave(): void;
  goaway(reason: string): void;
  cut(error: RpcError): void;
}

function start(maxConnections = 2) {
  const platform = new ManualPlatform();
  const told: unknown[] = [];
  const onError: ServerHost["onError"] = (error, where) => void told.push([error, where]);
  const host = { platform, instance: "i1", onError } as unknown as ServerHost;
  const acceptor = new Acceptor<Door>(host, maxConnections);
  const connect = (): Door | undefined =>
    acceptor.admit("fake://client", (onLost) => {
      const log: string[] = [];
      const door: Door = {
        log,
        leave: () => onLost(door),
        goaway: (reason) => void log.push(`goaway: ${reason}`),
        cut: ({ message }) => {
          log.push(`cut: ${message}`);
          onLost(door);
        },
      };
      return door;
    });
  return { platform, told, acceptor, connect };
}

describe("acceptor", () => {
  it("refuses one connection too many, says so, and takes the next when there is room", () => {
    const { acceptor, connect, told } = start();
    const first = connect();
    connect();
    expect([connect(), acceptor.size]).to.deep.equal([undefined, 2]);
    const [[error, where]] = told as [[RpcError, object]];
    expect(error.code).to.equal("RESOURCE_EXHAUSTED");
    expect(error.message).to.equal("a connection from fake://client was refused: maxConnections (2) are open");
    expect(where).to.deep.equal({ peer: "fake://client", instance: "i1" });
    first?.leave();
    expect(connect()).not.to.equal(undefined);
  });

  it("asks the clients to leave, and waits until they have", async () => {
    const { acceptor, connect, platform } = start();
    const doors = [connect(), connect()] as Door[];
    let closed = false;
    const closing = acceptor.close(100).then(() => {
      closed = true;
    });
    expect(doors.map(({ log }) => log)).to.deep.equal([
      ["goaway: the server is closing"],
      ["goaway: the server is closing"],
    ]);
    expect(connect()).to.equal(undefined);
    doors[0]?.leave();
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).to.equal(false);
    doors[1]?.leave();
    await closing;
    expect(platform.timers).to.equal(0);
  });

  it("cuts those that are still there when the time is over", async () => {
    const { acceptor, connect, platform } = start();
    const door = connect();
    const closing = acceptor.close(100);
    platform.advance(100);
    await closing;
    expect(door?.log).to.deep.equal(["goaway: the server is closing", "cut: the server is shutting down"]);
  });

  it("closes at once where nobody is connected, and takes nobody afterwards", async () => {
    const { acceptor, connect, platform } = start();
    await acceptor.close(100);
    expect([connect(), platform.timers]).to.deep.equal([undefined, 0]);
  });

  it("by destroy cuts all, and takes nobody afterwards", () => {
    const { acceptor, connect } = start();
    const door = connect();
    acceptor.destroy(new RpcError({ code: "ABORTED", message: "enough" }));
    expect([door?.log, acceptor.size, connect()]).to.deep.equal([["cut: enough"], 0, undefined]);
  });
});
