import { letters, type Office } from "./letters.ts";
import { realFixture } from "./suite/fixture.ts";
import { transportSuite } from "./suite.ts";

describe("transport letters, which is no pipe", () => {
  let urls = 0;
  const listen = (): string => `letters://suite-${++urls}`;
  const office: Office = new Map();
  transportSuite((limits) => realFixture({ listen, transports: () => [letters(office, limits)], partial: true }), {
    bytes: true,
    lacks: ["callbacks", "client streams", "bidirectional streams", "agreement"],
  });
});
