import { expect } from "chai";
import { RpcError } from "../../../index.ts";
import { settle } from "./capture-pipe.ts";
import { cutReason } from "./cut.ts";
import { bindFrame, clientSide, readyServer, serverSide } from "./fixture.ts";
import { frameOf, hello, u32, welcome } from "./frames.ts";

describe("wire: handshake", () => {
  it("ends a connection that says nothing, on both sides, at handshakeTimeoutMs", async () => {
    for (const side of [serverSide({ limits: { handshakeTimeoutMs: 500 } }), clientSide({ handshakeTimeoutMs: 500 })]) {
      side.platform.advance(499);
      expect(side.session.closed).to.equal(false);
      side.platform.advance(1);
      expect(side.pipe.destroyed).to.equal(true);
      expect(side.lost).to.not.equal(false);
      expect(side.platform.timers).to.equal(0);
      await settle();
    }
  });

  it("is not kept open by a byte now and then", async () => {
    const side = serverSide({ limits: { handshakeTimeoutMs: 500 } });
    for (const byte of hello().subarray(0, 10)) {
      await side.receive(Buffer.of(byte));
      side.platform.advance(50);
    }
    expect(side.pipe.destroyed).to.equal(true);
  });

  it("is not kept open by an authenticate that never decides", async () => {
    const side = serverSide({ limits: { handshakeTimeoutMs: 500 }, authenticate: () => new Promise(() => {}) });
    await side.receive(hello());
    side.platform.advance(500);
    expect(cutReason(side.pipe.frames())).to.include({ code: 14, retryable: true });
    expect(side.lost).to.equal(true);
    side.platform.advance(500);
    expect(side.pipe.destroyed).to.equal(true);
  });

  const first: readonly (readonly [string, Buffer, string])[] = [
    ["a wrong magic", frameOf("HELLO", 0, "HTTP", 1, 1, "{}"), "does not speak this protocol"],
    ["another protocol", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "speaks HTTP, not Trunkline's protocol"],
    ["a newer version", frameOf("HELLO", 0, "TRNK", 2, 9, "{}"), "versions 2 to 9, this server 1 to 1"],
    ["version 0", frameOf("HELLO", 0, "TRNK", 0, 0, "{}"), "versions 0 to 0"],
    ["a HELLO that is cut short", frameOf("HELLO", 0, "TRN"), "shorter than its fixed part"],
    ["a HELLO that is not JSON", frameOf("HELLO", 0, "TRNK", 1, 1, "{"), "not JSON"],
    [
      "a HELLO of 64 KiB",
      frameOf("HELLO", 0, "TRNK", 1, 1, JSON.stringify("x".repeat(65_536))),
      "during the handshake",
    ],
    ["a CALL", frameOf("CALL", 0, Buffer.alloc(10)), "first frame is not HELLO"],
    ["a BIND", bindFrame(), "first frame is not HELLO"],
    ["a PING", frameOf("PING", 0, u32(1), u32(0)), "first frame is not HELLO"],
    ["a WELCOME", welcome(), "first frame is not HELLO"],
  ];
  for (const [what, bytes, message] of first) {
    it(`cuts a client that begins with ${what}`, async () => {
      const side = serverSide();
      await side.receive(bytes);
      const reason = cutReason(side.pipe.frames());
      expect(reason.code).to.equal(13);
      expect(reason.message).to.contain(message);
      expect(side.pipe.over).to.equal(true);
      expect(side.lost).to.equal(true);
    });
  }

  it("cuts a client that does not wait for WELCOME, and one that says HELLO twice", async () => {
    const eager = serverSide({ authenticate: () => new Promise(() => {}) });
    await eager.receive(hello(), bindFrame());
    expect(cutReason(eager.pipe.frames()).message).to.contain("not HELLO");
    const twice = await readyServer();
    await twice.receive(hello());
    expect(cutReason(twice.pipe.frames()).message).to.contain("a second HELLO");
  });

  it("cuts with the code and the words of a refusal, and whether to try again", async () => {
    const refusing = async (error: RpcError): Promise<unknown> => {
      const side = serverSide({ authenticate: () => Promise.reject(error) });
      await side.receive(hello({ credentials: "x" }));
      return cutReason(side.pipe.frames());
    };
    const expired = new RpcError({ code: "UNAUTHENTICATED", message: "token expired" });
    expect(await refusing(expired)).to.deep.equal({ code: 16, message: "token expired" });
    const down = new RpcError({ code: "UNAVAILABLE", message: "no directory", retryable: true });
    expect(await refusing(down)).to.deep.equal({ code: 14, message: "no directory", retryable: true });
  });

  const answers: readonly (readonly [string, Buffer, string])[] = [
    ["a version that was not offered", frameOf("WELCOME", 0, 2, "{}"), "version 2, which was not offered"],
    ["a REPLY", frameOf("REPLY", 0, u32(0)), "which nobody made"],
    ["a GOAWAY", frameOf("GOAWAY", 0, "{}"), "first frame is not WELCOME"],
    ["another protocol", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "speaks HTTP, not"],
    ["a WELCOME that is not JSON", frameOf("WELCOME", 0, 1, "nonsense"), "not JSON"],
    ["a WELCOME that is an array's string", frameOf("WELCOME", 0, 1, '"text"'), "not a JSON object"],
  ];
  for (const [what, bytes, message] of answers) {
    it(`leaves a server that answers ${what}`, async () => {
      const side = clientSide();
      await side.receive(bytes);
      expect(side.lost?.message).to.contain(message);
      expect(side.pipe.over).to.equal(true);
    });
  }

  it("tells the client why it was cut", async () => {
    const side = clientSide();
    await side.receive(frameOf("CUT", 0, { code: 16, message: "who are you?" }));
    expect(side.lost).to.include({ code: "UNAUTHENTICATED", message: "refused by the other side: who are you?" });
    expect(side.pipe.destroyed).to.equal(true);
  });

  it("refuses a second WELCOME", async () => {
    const side = clientSide();
    await side.receive(welcome(), welcome());
    expect(side.lost?.message).to.contain("a second WELCOME");
  });
});
