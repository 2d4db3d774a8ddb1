import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { until } from "../processes/child.ts";
import { HostileTarget, killTargets } from "./hostile/child.ts";
import * as h2 from "./hostile/http2-frames.ts";
import { RawSocket } from "./hostile/raw-socket.ts";

const MEGABYTE = 1024 * 1024;
const body = Buffer.from('{"text":"x"}');

describe("http, hostile peers over HTTP/2", function () {
  this.timeout(120_000);
  let target: HostileTarget;
  const sockets: RawSocket[] = [];
  const open = async (...more: readonly Buffer[]): Promise<RawSocket> => {
    const socket = await RawSocket.open(target.port);
    sockets.push(socket);
    await socket.send(Buffer.concat([h2.PREFACE, h2.settings(), ...more]));
    return socket;
  };
  const calm = async (): Promise<void> => {
    const served = (): Promise<boolean> =>
      target.serves().then(
        () => true,
        () => false,
      );
    await until("others are served", served);
    await until("handlers and sockets are gone", async () => {
      const { running, sockets: left } = await target.measure();
      return running === 0 && left <= 4;
    });
  };
  beforeEach(async () => {
    target = await HostileTarget.start();
    await target.serves();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await killTargets();
  });

  /** Sends until the other side has had enough, or it was sent so many times. */
  async function flood(socket: RawSocket, frames: (round: number) => Buffer, rounds: number): Promise<void> {
    for (let round = 0; round < rounds && !socket.closed; round++) {
      // Who is not read from any more has been given up.
      const sent = await Promise.race([socket.send(frames(round)).then(() => true), sleep(2000, false)]);
      if (round % 10 === 0) await target.serves();
      if (!sent) return;
    }
  }

  for (const [what, frames] of [
    [
      "streams that are reset as soon as they begin",
      (round: number) =>
        Buffer.concat(
          Array.from({ length: 500 }, (_, i) => {
            const stream = 2 * (500 * round + i) + 1;
            return Buffer.concat([h2.call(stream, "hang"), h2.data(stream, body), h2.rst(stream)]);
          }),
        ),
    ],
    ["pings", () => Buffer.concat(Array.from({ length: 5000 }, () => h2.ping()))],
    ["settings", () => Buffer.concat(Array.from({ length: 5000 }, () => h2.settings([4, 65_535])))],
    [
      "empty frames of data",
      (round: number) =>
        Buffer.concat([
          ...(round === 0 ? [h2.call(1, "hang")] : []),
          ...Array.from({ length: 5000 }, () => h2.data(1, new Uint8Array(), false)),
        ]),
    ],
    [
      "priorities",
      () =>
        Buffer.concat(
          Array.from({ length: 5000 }, (_, i) => h2.frame(2, { stream: 2 * i + 1 }, Buffer.from([0, 0, 0, 0, 1]))),
        ),
    ],
  ] as const) {
    it(`a flood of ${what} harms nobody else`, async () => {
      const before = await target.measure();
      const socket = await open();
      if (what === "pings" || what === "settings") socket.socket.pause();
      await flood(socket, frames, 40);
      const { rssBytes } = await target.measure();
      expect(rssBytes - before.rssBytes).to.be.lessThan(150 * MEGABYTE);
      socket.destroy();
      await calm();
      await target.close();
    });
  }

  it("headers that never end, by CONTINUATION, end the connection", async () => {
    const before = await target.measure();
    const socket = await open(h2.headers(1, { ":method": "POST", ":path": "/x" }, { last: false }));
    const piece = h2.frame(h2.type.CONTINUATION, { stream: 1 }, h2.block({ "x-a": "x".repeat(10_000) }));
    await flood(socket, () => piece, 2000);
    await calm();
    const empty = await open(h2.headers(1, { ":method": "POST", ":path": "/x" }, { last: false }));
    await flood(empty, () => Buffer.concat(Array.from({ length: 1000 }, () => h2.frame(9, { stream: 1 }))), 200);
    expect((await target.measure()).rssBytes - before.rssBytes).to.be.lessThan(100 * MEGABYTE);
    await calm();
    await target.close();
  });

  it("answers that nobody makes room for are few, and end with their reader", async () => {
    const before = await target.measure();
    const socket = await open(h2.settings([4, 0]));
    const ask = Buffer.from(`{"bytes":${MEGABYTE}}`);
    for (let i = 0; i < 300 && !socket.closed; i++) {
      const stream = 2 * i + 1;
      await socket.send(Buffer.concat([h2.call(stream, "big"), h2.data(stream, ask)]));
      if (i % 50 === 0) await target.serves();
    }
    await target.serves();
    expect((await target.measure()).rssBytes - before.rssBytes).to.be.lessThan(600 * MEGABYTE);
    socket.destroy();
    await calm();
    const after = await target.measure();
    expect(after.rssBytes - before.rssBytes).to.be.lessThan(300 * MEGABYTE);
    await target.close();
  });

  it("a peer that leaves, resets or says goodbye at every point of a call leaves nothing behind", async () => {
    const before = await target.measure();
    const parts = [
      h2.PREFACE,
      h2.settings(),
      h2.settingsAck,
      h2.call(1, "hang"),
      h2.data(1, body.subarray(0, 5), false),
      h2.data(1, body.subarray(5)),
      h2.windowUpdate(0, 1000),
      h2.ping(),
    ];
    const last: readonly Buffer[] = [
      h2.rst(1),
      h2.rst(1, 0),
      h2.goaway(0),
      h2.goaway(1, 2),
      h2.rst(3),
      h2.settings([4, 2 ** 31 - 1]),
    ];
    for (let count = 0; count <= parts.length; count++) {
      const all = Buffer.concat(parts.slice(0, count));
      for (const goodbye of [undefined, ...last]) {
        for (const rude of [false, true]) {
          const socket = await RawSocket.open(target.port);
          sockets.push(socket);
          await socket.send(goodbye === undefined ? all : Buffer.concat([all, goodbye]));
          if (rude) socket.socket.resetAndDestroy();
          else socket.socket.end();
        }
      }
      await target.serves();
    }
    // And within each byte of them.
    const whole = Buffer.concat(parts);
    for (let length = 0; length < whole.length; length += 3) {
      const socket = await RawSocket.open(target.port);
      sockets.push(socket);
      await socket.send(whole.subarray(0, length));
      socket.socket.resetAndDestroy();
    }
    for (const socket of sockets.splice(0)) socket.destroy();
    await calm();
    expect((await target.measure()).rssBytes - before.rssBytes).to.be.lessThan(100 * MEGABYTE);
    await target.close();
  });
});
