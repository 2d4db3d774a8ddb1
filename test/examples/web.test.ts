import { expect } from "chai";
import type { Page } from "playwright-core";
import { type RunningShop, startShop } from "../../examples/web/server.ts";
import { hasChromium, startChromium } from "../tools/chromium.ts";

describe("the shop in a browser", function () {
  this.timeout(120_000);
  let shop: RunningShop | undefined;
  let browser: Awaited<ReturnType<typeof startChromium>> | undefined;
  const wrong: string[] = [];

  before(async function () {
    if (!hasChromium) {
      if (process.env["CI"] === "true") throw new Error("/usr/bin/chromium is not installed: no browser to test in");
      console.warn("      SKIPPED: all tests in a browser, since /usr/bin/chromium is not installed");
      this.skip();
    }
    shop = await startShop(0);
    browser = await startChromium();
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
  });
  afterEach(() => {
    expect(wrong.splice(0)).to.deep.equal([]);
  });

  /** A window that shows the page, connected. What it complains of is `wrong`. */
  async function open(): Promise<Page> {
    const page = (await browser?.context.newPage()) as Page;
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") wrong.push(message.text());
    });
    await page.goto(String(shop?.url));
    await page.waitForSelector("#state.on");
    return page;
  }
  const textsOf = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allTextContents();

  it("allows no code made from text, and nothing of others", async () => {
    const page = await open();
    // The test's own script would be let through.
    const script = "document.querySelector('h1').textContent = 'broken'";
    await page.evaluate(
      `document.head.append(Object.assign(document.createElement("script"), { textContent: ${JSON.stringify(script)} })), 0`,
    );
    expect(await textsOf(page, "h1")).to.deep.equal(["The shop"]);
    expect(wrong.splice(0).join()).to.match(/Content Security Policy/);
    await page.close();
  });

  it("places orders, which all windows see, and says what is left", async () => {
    const [first, second] = [await open(), await open()];
    await first.selectOption("[name=sku]", "violin");
    await first.fill("[name=quantity]", "2");
    await first.click("#order button");
    await first.waitForSelector("text=Order 1 is placed.");
    for (const page of [first, second]) {
      await page.waitForSelector("#orders tr");
      expect((await textsOf(page, "#orders td")).slice(0, 4)).to.deep.equal(["1", "Ada", "violin", "2"]);
    }
    await second.selectOption("[name=sku]", "piano");
    await second.fill("[name=quantity]", "4");
    await second.click("#order button");
    // A declared error, as its class.
    await second.waitForSelector("text=Only 3 of piano left.");
    // The browser tells of every status from 400 on.
    expect(wrong.splice(0).join()).to.match(/^Failed to load resource: .* 400 \(Bad Request\)$/);
    // Whoever comes later sees what was.
    const third = await open();
    await third.waitForSelector("#orders tr");
    expect(await third.locator("#orders tr").count()).to.equal(1);
    for (const page of [first, second, third]) await page.close();
  });

  it("chats over a topic", async () => {
    const [ada, bob] = [await open(), await open()];
    await bob.fill("[name=from]", "Bob");
    // A subscription stands a moment after the page does.
    for (const [page, text] of [
      [ada, "hello"],
      [bob, "<b>good</b> morning 🎻"],
    ] as const) {
      await page.fill("[name=text]", text);
      await page.click("#chat button");
      for (const reader of [ada, bob]) await reader.waitForSelector(`#lines >> text=${text}`);
    }
    for (const page of [ada, bob]) {
      expect(await textsOf(page, "#lines li")).to.deep.equal(["Adahello", "Bob<b>good</b> morning 🎻"]);
    }
    const file = process.env["TRUNKLINE_SCREENSHOT"];
    if (file !== undefined) await ada.screenshot({ path: file, fullPage: true });
    for (const page of [ada, bob]) await page.close();
  });

  it("connects again when the server is back", async () => {
    const page = await open();
    const { port } = new URL(String(shop?.url));
    await shop?.[Symbol.asyncDispose]();
    await page.waitForSelector("#state.off");
    shop = await startShop(Number(port));
    await page.waitForSelector("#state.on");
    await page.fill("[name=text]", "back");
    await page.click("#chat button");
    await page.waitForSelector("#lines >> text=back");
    // Attempts that nobody answered are told to the console by the browser itself.
    expect(wrong.splice(0).filter((text) => !/WebSocket connection to/.test(text))).to.deep.equal([]);
    await page.close();
  });
});
