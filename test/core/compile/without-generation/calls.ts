import { expect } from "chai";
import { memory } from "../../../../transports/memory/index.ts";
import { tcp } from "../../../../transports/tcp/index.ts";
import { callbackSuite } from "../../../transports/suite/callback.ts";
import { errorSuite } from "../../../transports/suite/error.ts";
import { type Fixture, realFixture } from "../../../transports/suite/fixture.ts";
import { misfitSuite } from "../../../transports/suite/misfit.ts";
import { streamSuite } from "../../../transports/suite/stream.ts";
import { topicSuite } from "../../../transports/suite/topic.ts";
import { unarySuite } from "../../../transports/suite/unary.ts";
import { transportSuite } from "../../../transports/suite.ts";

const backoff = { firstMs: 5 };

/** Run by `generation.test.ts`, in a process of its own. */
function calls(): void {
  it("runs where no code is made from text", () => {
    expect(() => new Function("")).to.throw(EvalError);
  });

  for (const codec of ["json", "msgpack", "protobuf", "avro", "hessian2"]) {
    describe(`tcp with ${codec}`, () => {
      let fixture: Fixture;
      beforeEach(() => {
        const listen = (): string => "tcp://127.0.0.1:0";
        fixture = realFixture({ listen, transports: () => [tcp({ backoff })], codec });
      });
      afterEach(() => fixture.dispose());
      for (const suite of [unarySuite, callbackSuite, streamSuite, topicSuite, errorSuite, misfitSuite])
        suite(() => fixture);
    });
  }

  describe("memory", () => {
    let names = 0;
    const listen = (): string => `memory://without-generation-${++names}`;
    transportSuite((limits) => realFixture({ listen, transports: () => [memory({ backoff, limits })] }), {
      bytes: false,
    });
  });
}
calls();
