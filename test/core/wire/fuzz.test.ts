import { expect } from "chai";
import { frame } from "../../../core/wire/frame.ts";
import { Random } from "../../transports/random.ts";
import { settle } from "./capture-pipe.ts";
import { bindFrame, op, readyClient, readyServer, serverSide } from "./fixture.ts";
import { callFrame, frameOf, hello, u16, u32 } from "./frames.ts";
import { open, send } from "./outgoing.ts";

const ROUNDS = 400;
/** What a session may keep of a peer that it has cut, or that says nothing that a limit would stop. */
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;

/** What an honest client says on one connection. */
const conversation: readonly Buffer[] = [
  hello({ window: 1000, credentials: { token: "t" } }),
  bindFrame(),
  callFrame(op.inc, 0, { n: 1 }),
  callFrame(op.note, 0, { line: "x" }, 2),
  callFrame(op.count, 1, { to: 9 }, 4),
  callFrame(op.sum, 2, {}),
  frameOf("DATA", 0, u32(2), '{"result":1}'),
  frameOf("CREDIT", 0, u32(1), u32(500)),
  frameOf("END", 0, u32(2)),
  callFrame(op.tell, 3, { say: 1 }),
  frameOf("REPLY", 0, u32(0), '{"result":1}'),
  frameOf("CALL", 1, u16(op.inc), u32(4), u32(9), u32(0), u16(13), '{"x-a":"b c"} ', '{"n":1}'),
  frameOf("CANCEL", 0, u32(1)),
  frameOf("PING", 0, u32(1), u32(0)),
];

/** What an honest server says to a client that has made four calls. */
const answers: readonly Buffer[] = [
  frameOf("REPLY", 0, u32(0), '{"result":2}'),
  frameOf("DATA", 0, u32(1), '{"result":0}'),
  frameOf("END", 1, u32(1), u16(9), '{"a":"b"}'),
  frameOf("CREDIT", 0, u32(2), u32(9)),
  frameOf("RETAIN", 0, u32(1)),
  frameOf("INVOKE", 0, u32(1), u32(0), u32(50), '{"n":1}'),
  frameOf("RELEASE", 0, u32(1)),
  frameOf("ERROR", 0, u32(3), 5, u16(15), '{"message":"x"}'),
  frameOf("BOUND", 0, u16(0), "{}"),
  frameOf("PING", 0, u32(1), u32(0)),
  frameOf("GOAWAY", 0, '{"reason":"x"}'),
];

/** Some of the frames, changed: bytes flipped, cut out, doubled, frames left out, repeated, out of order, or pure noise. */
function mutated(random: Random, frames: readonly Buffer[]): Buffer {
  const chosen: Buffer[] = [];
  for (const one of frames) {
    if (random.chance(0.9)) chosen.push(one);
    if (random.chance(0.1)) chosen.push(frames[random.int(0, frames.length - 1)] as Buffer);
    if (random.chance(0.05)) chosen.push(noiseFrame(random));
  }
  const bytes = Buffer.concat(chosen);
  for (let flips = random.int(0, 4); flips > 0 && bytes.length > 0; flips--) {
    bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
  }
  if (random.chance(0.3)) return bytes.subarray(0, random.int(0, bytes.length));
  if (random.chance(0.2)) {
    const from = random.int(0, bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.int(0, 5))]);
  }
  return bytes;
}

/** A frame of a real type whose body means nothing. */
function noiseFrame(random: Random): Buffer {
  const body = Buffer.from(
    Array.from({ length: random.int(0, 40) }, () => random.int(0, random.chance(0.5) ? 3 : 255)),
  );
  return frameOf(random.int(0, Math.max(...Object.values(frame)) + 1), random.int(0, 7), body);
}

function pieces(random: Random, bytes: Buffer): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const to = at + random.int(1, 200);
    cut.push(bytes.subarray(at, to));
    at = to;
  }
  return cut;
}

describe("wire: fuzz", () => {
  it("a server survives: it answers or cuts with a reason, settles everything, and does not grow", async () => {
    const before = process.memoryUsage();
    const neighbour = await readyServer();
    let cuts = 0;
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const random = new Random(seed);
      const side = random.chance(0.5) ? await readyServer() : serverSide();
      const bytes = mutated(random, random.chance(0.8) ? conversation : [noiseFrame(random), noiseFrame(random)]);
      for (const piece of pieces(random, bytes)) side.session.onBytes(piece);
      await settle();
      const { session, pipe, platform } = side;
      if (session.closed) {
        cuts++;
        expect(pipe.over, `seed ${seed}`).to.equal(true);
        expect(side.lost, `seed ${seed}`).to.equal(true);
      }
      pipe.frames();
      pipe.close();
      await settle();
      expect(side.lost, `seed ${seed}`).to.equal(true);
      platform.advance(60_000);
      expect(platform.timers, `seed ${seed}`).to.equal(0);
    }
    expect(cuts).to.be.within(ROUNDS / 4, ROUNDS);
    await neighbour.receive(callFrame(op.inc, 0, { n: 1 }));
    expect(neighbour.pipe.frames()[0]?.type).to.equal("REPLY");
    expect(grown(before)).to.be.below(MAX_GROWTH_BYTES);
  });

  it("a client survives: every call and stream is settled", async () => {
    const before = process.memoryUsage();
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const random = new Random(seed);
      const side = await readyClient();
      const outcomes = [
        send(side, "inc", [1]).promise,
        open(side, "count", [3]).next(),
        send(side, "sum", [three()]).promise,
        send(side, "tell", [(n: number) => n]).promise,
      ].map((promise) =>
        promise.then(
          () => "done",
          () => "failed",
        ),
      );
      for (const piece of pieces(random, mutated(random, answers))) side.session.onBytes(piece);
      await settle();
      side.pipe.close();
      const settled = await Promise.race([
        Promise.all(outcomes),
        settle()
          .then(settle)
          .then(() => "hangs"),
      ]);
      expect(settled, `seed ${seed}`).to.be.an("array");
      expect(side.session.pendingCount, `seed ${seed}`).to.equal(0);
      side.platform.advance(60_000);
      expect(side.platform.timers, `seed ${seed}`).to.equal(0);
    }
    expect(grown(before)).to.be.below(MAX_GROWTH_BYTES);
  });

  it("control frames may be deep or huge: they cost time in proportion, and nothing else", async () => {
    const size = 1_000_000;
    const bodies = [
      "[".repeat(size),
      "[".repeat(size) + "]".repeat(size),
      `{"a":${'{"a":'.repeat(200_000)}1${"}".repeat(200_001)}`,
    ];
    for (const body of bodies) {
      const began = performance.now();
      const side = await readyServer();
      await side.receive(frameOf("BIND", 0, u16(0), u16(7), body));
      expect(side.session.closed).to.equal(true);
      const client = await readyClient();
      await client.receive(frameOf("BOUND", 0, u16(0), body));
      expect(client.session.closed).to.equal(true);
      const asking = await readyServer({}, false);
      await asking.receive(deepContract(body));
      expect(performance.now() - began).to.be.below(5000);
    }
  });
});

/** A BIND whose contract is `body`, which need not be JSON. */
function deepContract(body: string): Buffer {
  const whole = JSON.stringify({
    service: "a.S",
    version: "1.0.0",
    group: "",
    codec: "json",
    fingerprint: "",
    operations: [],
  });
  return frameOf("BIND", 0, u16(0), u16(0), `${whole.slice(0, -1)},"contract":${body}}`);
}

function grown(before: NodeJS.MemoryUsage): number {
  const now = process.memoryUsage();
  return now.arrayBuffers + now.heapUsed - before.arrayBuffers - before.heapUsed;
}

async function* three(): AsyncGenerator<number> {
  yield* [1, 2, 3];
}
