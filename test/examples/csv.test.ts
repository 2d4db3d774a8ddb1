import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parseOrders } from "../../examples/orders/csv.ts";
import { generateOrders } from "../../examples/orders/generate.ts";

const header = "id,customer,region,items,note";
const parse = (...rows: string[]) => parseOrders([header, ...rows].join("\n"));
const good = "1,Ada,eu.berlin,PEN*1@2.50,";

describe("orders as CSV", () => {
  it("reads quoted fields with commas, quotes and line breaks", () => {
    const { orders, malformed } = parse('7,"Müller, ""Anna""",eu.paris,PEN-1*3@1.20; MUG-2*1@8,"first\nsecond"');
    expect(malformed).to.deep.equal([]);
    expect(orders).to.deep.equal([
      {
        id: 7n,
        customer: 'Müller, "Anna"',
        region: "eu.paris",
        items: [
          { sku: "PEN-1", qty: 3, price: 1.2 },
          { sku: "MUG-2", qty: 1, price: 8 },
        ],
        note: "first\nsecond",
      },
    ]);
  });

  it("takes columns by name, in any order, without a note", () => {
    const { orders } = parseOrders("items,region,id,customer\nPEN*1@2,eu,9223372036854775807,Ada\n");
    expect(orders[0]).to.deep.include({ id: 9223372036854775807n, customer: "Ada" });
    expect(orders[0]).not.to.have.property("note");
  });

  it("takes a byte order mark, CRLF, blank lines and a missing last line feed", () => {
    const { orders, malformed } = parseOrders(`\ufeff${header}\r\n\r\n${good}\r\n\r\n2,Bo,eu,PEN*1@2,`);
    expect(orders.map(({ id }) => id)).to.deep.equal([1n, 2n]);
    expect(malformed).to.deep.equal([]);
  });

  for (const [what, row, reason] of [
    ["too few fields", "2,Bo,eu", "expected 5 fields, got 3"],
    ["too many fields", `${good},`, "expected 5 fields, got 6"],
    [
      "an id that is no number",
      "x1,Bo,eu,PEN*1@2,",
      'id: expected a whole number from 1 to 9223372036854775807, got "x1"',
    ],
    ["an id beyond int64", "9223372036854775808,Bo,eu,PEN*1@2,", "id: expected a whole number"],
    ["an id twice", "1,Bo,eu,PEN*1@2,", "id 1 stands on line 2 already"],
    ["no customer", "2,,eu,PEN*1@2,", "customer is empty"],
    ["a region with spaces", "2,Bo,eu berlin,PEN*1@2,", "region: expected words separated by dots"],
    ["no items", "2,Bo,eu,,", "items[0]: expected SKU*quantity@price"],
    [
      "a quantity beyond int32",
      "2,Bo,eu,PEN*2147483648@2,",
      "items[0]: quantity: expected a whole number from 1 to 2147483647",
    ],
    ["a negative price", "2,Bo,eu,PEN*1@2;MUG*1@-3,", 'items[1]: price: expected a number from 0, got "-3"'],
    ["a quote inside a plain field", '2,B"o,eu,PEN*1@2,', "a quote inside a field"],
    ["text after a closing quote", '2,"Bo"x,eu,PEN*1@2,', "text after a closing quote"],
  ] as const) {
    it(`skips a row with ${what} and says where`, () => {
      const { orders, malformed } = parse(good, row, "3,Cy,eu,PEN*1@2,");
      expect(orders.map(({ id }) => id)).to.deep.equal([1n, 3n]);
      expect(malformed).to.have.length(1);
      expect(malformed[0]?.line).to.equal(3);
      expect(malformed[0]?.reason).to.contain(reason);
    });
  }

  it("counts lines across quoted line breaks", () => {
    const { malformed } = parse('1,Ada,eu,PEN*1@2,"a\nb\nc"', "", "2,Bo,eu");
    expect(malformed).to.deep.equal([{ line: 6, reason: "expected 5 fields, got 3" }]);
  });

  it("loses one row, not the rest of the file, to a quote that is never closed", () => {
    const { orders, malformed } = parse(good, '2,"Bo,eu,PEN*1@2,', "3,Cy,eu,PEN*1@2,", "4,Di,eu,PEN*1@2,");
    expect(orders.map(({ id }) => id)).to.deep.equal([1n, 3n, 4n]);
    expect(malformed).to.deep.equal([{ line: 3, reason: "a quote is opened and not closed" }]);
  });

  for (const [what, next] of [
    ["opens another", '3,"Cy, A",eu,PEN*1@2,'],
    ["has an empty quoted field", '3,"",eu,PEN*1@2,'],
  ] as const) {
    it(`loses no row to it where the next ${what}`, () => {
      const { orders, malformed } = parse(good, '2,"Bo,eu,PEN*1@2,', next, "4,Di,eu,PEN*1@2,");
      expect(malformed[0]).to.deep.equal({ line: 3, reason: "a quote is opened and not closed" });
      expect(orders.length + malformed.length).to.equal(4);
    });
  }

  it("refuses a file without header, columns or a valid row", () => {
    expect(() => parseOrders("")).to.throw("the file is empty");
    expect(() => parseOrders("id,name\n1,x\n")).to.throw("line 1: no column customer, region, items");
    expect(() => parseOrders(`${header}\n`)).to.throw("no valid row");
    expect(() => parse("x,Bo,eu,PEN*1@2,")).to.throw("no valid row; the first problem: line 2: id");
  });

  it("gives up on a file that is not one of orders", () => {
    expect(() => parse(...Array.from({ length: 1200 }, () => "nonsense"))).to.throw("is this a file of orders?");
  });
});

describe("generated orders", () => {
  it("are the same for the same seed, and all valid", () => {
    expect(generateOrders(50, 7)).to.equal(generateOrders(50, 7));
    expect(generateOrders(50, 7)).not.to.equal(generateOrders(50, 8));
    const { orders, malformed } = parseOrders(generateOrders(500, 3));
    expect(orders).to.have.length(500);
    expect(malformed).to.deep.equal([]);
  });

  it("are what the sample holds", () => {
    const sample = readFileSync(new URL("../../examples/orders/orders.csv", import.meta.url), "utf8");
    expect(sample === generateOrders(1000, 1), "run generate.ts --rows 1000 --seed 1").to.equal(true);
  });
});
