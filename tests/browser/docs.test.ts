// The documentation portal in a real browser: it draws every operation of our own document, under its own content
// security policy, from this origin alone.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { installedDocsAssets } from "../../edge/runtime/installed-docs-assets.ts";
import { findChromium, launchChromium, NO_CHROMIUM } from "../support/chromium.ts";
import { makeDocumentsApp, operationsOf, readDocument } from "../support/openapi-document.ts";

const executable = findChromium();
const skipped = executable === null ? ` (skipped: ${NO_CHROMIUM})` : "";
// Starting a browser on a busy machine takes longer than a test usually may.
setDefaultTimeout(60_000);

describe.skipIf(executable === null)(`the portal in a browser${skipped}`, () => {
  const app = makeDocumentsApp(installedDocsAssets());
  let server: Bun.Server<undefined>;
  let browser: Browser;
  beforeAll(async () => {
    server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.fetch(request) });
    browser = await launchChromium(executable ?? "");
  });
  afterAll(async () => {
    await browser.close();
    await server.stop(true);
  });

  test("every operation is drawn, no other origin is asked, nothing is complained about", async () => {
    const page = await browser.newPage({ viewport: { width: 1300, height: 1000 } });
    const complaints: string[] = [];
    const foreign: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol !== "data:" && origin !== server.url.origin) foreign.push(request.url());
    });

    await page.goto(new URL("/docs", server.url).href);
    const operations = operationsOf(await readDocument(app));
    expect(operations.length).toBeGreaterThan(20);
    for (const { path, method, summary } of operations) {
      // RapiDoc's id of an operation: method and path, braces as hyphens.
      const section = page.locator(`[id="${method}-${path.replaceAll(/[{}]/g, "-")}"]`);
      await section.waitFor();
      const text = await section.textContent();
      expect(text).toContain(summary);
      expect(text).toContain(path);
      // The end of a section: what RapiDoc cannot draw breaks off before its answers.
      expect(await section.locator("api-response").count()).toBe(1);
    }
    // Our own examples are shown, not ones that RapiDoc makes up from the types.
    await page.getByText('"Clinic North"').first().waitFor();
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
    await page.close();
  });
});
