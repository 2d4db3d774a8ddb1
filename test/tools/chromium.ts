import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const hasChromium = existsSync(EXECUTABLE);

/** Debian's Chromium, without a window, with an empty profile that ends with it. */
export async function startChromium(): Promise<AsyncDisposable & { readonly context: BrowserContext }> {
  const profile = mkdtempSync(join(tmpdir(), "trunkline-chromium-"));
  const options = { executablePath: EXECUTABLE, headless: true, args: FLAGS };
  const context = await chromium.launchPersistentContext(profile, options);
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
