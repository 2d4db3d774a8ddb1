import { expect } from "chai";
import type { CorsOptions } from "../../../transports/http/cors.ts";
import { http } from "../../../transports/http/index.ts";
import { libraryServer } from "./rest/library.ts";

const origin = "https://app.example";
const preflight = {
  origin,
  "access-control-request-method": "POST",
  "access-control-request-headers": "connect-protocol-version,content-type,x-user-agent,x-mine",
};

/** What a browser is told: of the preflight, and of the call. */
async function told(cors: CorsOptions | true | undefined, from = origin) {
  await using library = await libraryServer(cors === undefined ? {} : { cors });
  const asked = await library.json("OPTIONS", "/library.Books/Report", undefined, { ...preflight, origin: from });
  const called = await library.json("POST", "/library.Books/Report", {}, { origin: from });
  const failed = await library.json("GET", "/v1/shelves/7/books/none", undefined, { origin: from });
  const of = (headers: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => /^(access-control|vary)/.test(name)));
  expect([called.status, called.json]).to.deep.equal([200, { result: "all is well" }]);
  expect(of(failed.headers)).to.deep.equal(of(called.headers));
  return { status: asked.status, preflight: of(asked.headers), call: of(called.headers) };
}

describe("transports/http/cors", () => {
  it("is off unless it is asked for", async () => {
    const { status, preflight, call } = await told(undefined);
    expect(status).to.not.equal(204);
    expect([preflight, call]).to.deep.equal([{}, {}]);
  });

  it("lets every page call, and read every header", async () => {
    expect(await told(true)).to.deep.equal({
      status: 204,
      preflight: {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "*",
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": "connect-protocol-version,content-type,x-user-agent,x-mine",
        "access-control-max-age": "7200",
        vary: "origin, access-control-request-method, access-control-request-headers",
      },
      call: { "access-control-allow-origin": "*", "access-control-expose-headers": "*" },
    });
  });

  it("lets pages of some origins call, with cookies, and others not", async () => {
    const cors = { origins: [origin], credentials: true, exposedHeaders: ["x-mine"], maxAgeSeconds: 5 };
    const { preflight, call } = await told(cors);
    expect(preflight).to.include({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-max-age": "5",
    });
    expect(call["access-control-expose-headers"]).to.match(/^grpc-status, grpc-message, .*, x-mine$/);
    expect(call["vary"]).to.equal("origin");
    for (const other of ["https://evil.example", "null", "https://app.example.evil", "http://app.example"]) {
      expect(await told(cors, other)).to.deep.equal({
        status: 204,
        preflight: { vary: "origin" },
        call: { vary: "origin" },
      });
    }
    const decided = await told({ origins: (from) => from.endsWith(".example") });
    expect(decided.call["access-control-allow-origin"]).to.equal(origin);
  });

  it("refuses options that would let everybody act for anybody, or that mean nothing", () => {
    const wrong: [object, string][] = [
      [{ credentials: true }, "cors: credentials: not with every origin"],
      [{ origins: ["app.example"] }, 'cors: origins: "app.example" is no origin'],
      [{ origins: ["https://app.example/"] }, "is no origin"],
      [{ origins: 5 }, 'cors: origins: expected "*", a list of origins'],
      [{ origin: "*" }, "cors: unknown option origin; did you mean origins?"],
    ];
    for (const [cors, why] of wrong) expect(() => http({ cors } as never), why).to.throw(TypeError, why);
  });
});
