// The unsubscribe page in a real browser, with scripts switched off and by keyboard alone: its buttons do what they say, its
// own policy stops nothing of it, and nothing is asked of anybody else.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openTestDatabase } from "../support/databases.ts";
import { findChromium, launchChromium, NO_CHROMIUM } from "../support/chromium.ts";
import { makeUnsubscribeApp } from "../support/unsubscribe-app.ts";

const executable = findChromium();
const skipped = executable === null ? ` (skipped: ${NO_CHROMIUM})` : "";
// Starting a browser on a busy machine takes longer than a test usually may.
setDefaultTimeout(60_000);

/** A phone, and a desk in the dark. */
const VIEWS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ["on a phone", { viewport: { width: 360, height: 640 } }],
  ["on a desk in the dark", { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }],
];

describe.skipIf(executable === null)(`the unsubscribe page in a browser${skipped}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executable ?? "");
  });
  afterAll(() => browser.close());

  test.each(VIEWS)("%s", async (_, options) => {
    const { app, path, sender, domain, left } = await makeUnsubscribeApp(await openTestDatabase());
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.fetch(request) });
    const context = await browser.newContext({ ...options, javaScriptEnabled: false });
    const page = await context.newPage();
    const complaints = watch(page, server.url.origin);

    await page.goto(new URL(path, server.url).href);
    expect(await page.title()).toBe("Unsubscribe");
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    const buttons = page.getByRole("button");
    expect(await buttons.allTextContents()).toEqual([
      `Stop mail from ${sender}`,
      `Stop all mail from ${domain}`,
    ]);
    // Its style is applied: the policy let it pass.
    expect(await page.locator("main").evaluate((main) => getComputedStyle(main).maxWidth)).toBe("576px");
    // Nothing sticks out of a narrow screen.
    expect(await page.locator("html").evaluate((html) => html.scrollWidth <= html.clientWidth)).toBe(true);
    expect(await left()).toEqual([]);

    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "You are unsubscribed" }).waitFor();
    expect(await page.getByRole("status").textContent()).toContain(sender);
    expect(await left()).toEqual(["use_case"]);
    await page.getByRole("button", { name: domain }).click();
    await page.getByRole("status").filter({ hasText: domain }).waitFor();
    expect(await buttons.count()).toBe(0);
    expect(await left()).toEqual(["setup", "use_case"]);

    expect((await page.goto(new URL("/u/forged", server.url).href))?.status()).toBe(404);
    expect(await page.getByRole("heading").textContent()).toBe("This link is not valid");
    expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    await context.close();
    await server.stop(true);
  });
});

/** What the browser complains about, and whatever it asks of others. */
function watch(page: Page, origin: string): readonly string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(request.url());
  });
  return complaints;
}
