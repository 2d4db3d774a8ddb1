import { expect } from "chai";
import { accept, refuse } from "../../../index.ts";
import { hasChromium, startChromium } from "../../tools/chromium.ts";
import { libraryServer } from "./rest/library.ts";

describe("transports/http/page", () => {
  it("is a page that nothing but its own files is loaded into", async () => {
    await using library = await libraryServer();
    const { status, headers, body } = await library.ask("GET", "/_trunkline");
    let html = "";
    for await (const chunk of body) html += String(chunk);
    expect([status, headers["content-type"]]).to.deep.equal([200, "text/html; charset=utf-8"]);
    expect(headers["content-security-policy"]).to.equal(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file)).to.deep.equal([
      "_trunkline/page.css",
      "_trunkline/page.js",
      "_trunkline/openapi.json",
    ]);
    for (const [path, type] of [
      ["/_trunkline/page.css", "text/css; charset=utf-8"],
      ["/_trunkline/page.js", "text/javascript; charset=utf-8"],
      ["/_trunkline/openapi.json", "application/json"],
    ] as const) {
      const file = await library.ask("HEAD", path);
      expect([file.status, file.headers["content-type"]]).to.deep.equal([200, type]);
    }
    const moved = await library.json("GET", "/_trunkline/");
    expect([moved.status, moved.headers["location"]]).to.deep.equal([308, "../_trunkline"]);
    expect((await library.json("POST", "/_trunkline", {})).status).to.equal(405);
  });

  it("shows what is served and calls it, and a browser's EventSource reads a stream", async function () {
    if (!hasChromium) {
      if (process.env["CI"] === "true") throw new Error("/usr/bin/chromium is not installed: the page cannot be tried");
      console.warn("      SKIPPED: the page in a browser, since /usr/bin/chromium is not installed");
      return this.skip();
    }
    this.timeout(60_000);
    const authenticate = (credentials: unknown) => (credentials === "secret" ? accept("ann") : refuse("no"));
    await using open = await libraryServer();
    await using guarded = await libraryServer({}, { authenticate });
    await using browser = await startChromium();
    const page = await browser.context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) wrong.push(message.text());
    });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));

    await page.goto(`${open.url}/_trunkline`);
    const add = page.locator("details", { hasText: "/v1/shelves/{shelf}/books" }).filter({ hasText: "POST" }).first();
    await add.locator("summary").click();
    await add.locator("input").first().fill("7/8");
    await add.locator("textarea").fill('{ "name": "<b>n</b>", "isbn": "1", "tags": [] }');
    await add.locator("button").first().click();
    await add.locator(".status", { hasText: "200" }).waitFor();
    expect(JSON.parse((await add.locator("pre").textContent()) ?? "")).to.deep.include({ name: "<b>n</b>" });
    const feed = page.locator("details", { hasText: "/v1/shelves/{shelf}/feed" }).first();
    await feed.locator("summary").click();
    await feed.locator("input").nth(0).fill("3");
    await feed.locator("input").nth(1).fill("2");
    await feed.locator("button").first().click();
    await feed.locator("pre", { hasText: "event: end" }).waitFor();
    await page.locator("#find").fill("rename patch");
    expect(await page.locator("details:visible").count()).to.equal(1);

    const told = await page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          // The library of the compiler that tests are checked with has no browser in it.
          const Source = (globalThis as unknown as { EventSource: new (url: string) => never }).EventSource;
          const events = new Source("/library.Books/feed?shelf=9&count=2") as unknown as {
            addEventListener(type: string, listener: (event: { data: string; lastEventId: string }) => void): void;
            close(): void;
          };
          const heard: string[] = [];
          events.addEventListener("message", ({ data, lastEventId }) => {
            heard.push(`${lastEventId} ${JSON.parse(data).name}`);
          });
          events.addEventListener("end", () => {
            events.close();
            resolve(heard);
          });
        }),
    );
    expect(told).to.deep.equal(["1 9/1", "2 9/2"]);

    await page.goto(`${guarded.url}/_trunkline`);
    await page.locator("#token").fill("secret");
    await page.locator("#token").press("Enter");
    await page.locator("details").first().waitFor();
    expect(wrong).to.deep.equal([]);
    expect(asked.filter((url) => !url.startsWith(open.url) && !url.startsWith(guarded.url))).to.deep.equal([]);
  });
});
