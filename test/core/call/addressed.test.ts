import { expect } from "chai";
import { json } from "../../../codecs/json/index.ts";
import { AddressedOperations } from "../../../core/call/addressed.ts";
import { defaultCodecLimits } from "../../../core/codec.ts";
import { RpcError } from "../../../core/error.ts";
import type { ServerHost } from "../../../core/transport.ts";
import { createHandler } from "../../../index.ts";
import { shop } from "../../transports/suite/contract.ts";

const limits = { ...defaultCodecLimits, maxContractFields: 100 };
const peer = Object.freeze({ address: "test", identity: "ada" });

describe("an operation that a call names itself", () => {
  let host: ServerHost;
  let close = async (): Promise<void> => {};
  before(async () => {
    const handler = await createHandler({ services: [shop()] });
    host = handler.host;
    close = () => handler.close();
  });
  after(() => close());
  const find = (over: object = {}, codec = json().name) =>
    new AddressedOperations(host, limits).find({ service: "suite.Shop", method: "read", codec, ...over }, peer);

  it("is found by service and method, by version and group where they are said", () => {
    const { codec, origin, plain, oneway } = find();
    expect([codec.method.name, plain, oneway]).to.deep.equal(["read", true, false]);
    expect(origin).to.include({ service: "suite.Shop", method: "read", peer, instance: host.instance });
    expect(find({ version: "1.0.0", method: "audit" }).oneway).to.equal(true);
    expect(find({ method: "prices.publish" }).codec.method.topic).to.equal("prices");
  });

  it("is found as others write it: with a capital, or as the .proto file calls the two of a topic", () => {
    expect(find({ method: "Read" }).codec.method.name).to.equal("read");
    for (const method of ["pricesSubscribe", "PricesSubscribe"])
      expect(find({ method }).codec.method.name).to.equal("prices.subscribe");
  });

  it("is compiled once for each codec", () => {
    const operations = new AddressedOperations(host, limits);
    const address = { service: "suite.Shop", method: "read", codec: "json" };
    const first = operations.find(address, peer).codec;
    expect(operations.find({ ...address }, peer).codec).to.equal(first);
    expect(operations.find({ ...address, codec: "msgpack" }, peer).codec).not.to.equal(first);
  });

  it("is named where there is none", () => {
    const thrown = (over: object): string => {
      try {
        find(over);
      } catch (error) {
        if (RpcError.is(error)) return `${error.code}: ${error.message}`;
      }
      return "nothing";
    };
    expect(thrown({ service: "suite.Other" })).to.match(/^UNIMPLEMENTED: service suite\.Other is not served here/);
    expect(thrown({ version: "2.0.0" })).to.match(/^FAILED_PRECONDITION: .*version 2\.0\.0 is not served here/);
    expect(thrown({ method: "toString" })).to.match(/^UNIMPLEMENTED: the service has no suite\.Shop\.toString;/);
    expect(thrown({ codec: "morse" })).to.match(/^UNIMPLEMENTED: the server has no codec morse; it has .*json/);
  });
});
