import { expect } from "chai";
import { parsePathTemplate, patternOf } from "../../../core/contract/path-template.ts";

const shown = (text: string): string => {
  const { segments, variables, verb } = parsePathTemplate(text, "a.B.c");
  const parts = segments.map((one) => (one.kind === "text" ? one.text : one.kind));
  const names = variables.map(({ field, start, end }) => `${field.join(".")}=${start}-${end}`);
  return [parts.join(" "), names.join(" "), verb ?? ""].join(" | ");
};

describe("core: a path template", () => {
  it("has segments, variables and a verb", () => {
    expect(shown("/")).to.equal(" |  | ");
    expect(shown("/v1/users")).to.equal("v1 users |  | ");
    expect(shown("/v1/users/{id}")).to.equal("v1 users * | id=2-3 | ");
    expect(shown("/v1/{name=shelves/*/books/*}")).to.equal("v1 shelves * books * | name=1-5 | ");
    expect(shown("/v1/{book.name=shelves/*}/pages/{page}:print")).to.equal(
      "v1 shelves * pages * | book.name=1-3 page=4-5 | print",
    );
    expect(shown("/v1/*/files/{path=**}:read")).to.equal("v1 * files ** | path=3-4 | read");
    expect(shown("/v1/{a=x}/{b}")).to.equal("v1 x * | a=1-2 b=2-3 | ");
    expect(shown("/v1/users:search")).to.equal("v1 users |  | search");
  });

  it("is the same pattern whatever its variables are called", () => {
    const patterns = ["/v1/{a}/x:y", "/v1/{b=*}/x:y", "/v1/*/x:y"].map((text) =>
      patternOf(parsePathTemplate(text, "a.B.c")),
    );
    expect(new Set(patterns)).to.deep.equal(new Set(["/v1/*/x:y"]));
  });

  it("that is none says why", () => {
    const wrong: [string, string][] = [
      ["v1/users", 'a.B.c: the path "v1/users" does not begin with /'],
      ["", "does not begin with /"],
      ["/v1//users", "has an empty segment"],
      ["/v1/users/", "has an empty segment"],
      ["/v1/{}", "has the variable {}, which names no field"],
      ["/v1/{a.}", "has the variable {a.}, which names no field"],
      ["/v1/{a=}", "has an empty segment"],
      ["/v1/{a={b}}", "has the segment"],
      ["/v1/{a", "has the segment {a"],
      ["/v1/x{a}", "has the segment x{a}"],
      ["/v1/a b", "has the segment a b, which no URL has as it is"],
      ["/v1/a?b", "has the segment a?b"],
      ["/v1/{a}/{a}", "has {a} twice"],
      ["/v1/**/x", "goes on behind **"],
      ["/v1/{a=**}/x", "goes on behind **"],
      ["/v1/users:", "has no word behind the colon"],
      ["/v1/users:a:b", "has no word behind the colon"],
    ];
    for (const [text, why] of wrong) expect(() => parsePathTemplate(text, "a.B.c"), text).to.throw(TypeError, why);
  });
});
