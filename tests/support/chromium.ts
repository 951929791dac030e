// A real browser for the tests of pages. It is not a package of ours: CI installs it (Debian: `chromium`), and a desk
// without one skips these tests with a reason. Under CI a missing browser is a failure, so that nothing skips there.
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const USUAL_PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const ARGUMENTS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const NO_CHROMIUM = "no Chromium here: install it, or name it in CHROMIUM_PATH";

/** The browser's program, or null when there is none; throws instead of answering null under CI. */
export function findChromium(): string | null {
  const named = process.env["CHROMIUM_PATH"] || null;
  const found = named ?? USUAL_PATHS.find((path) => existsSync(path)) ?? null;
  if (found === null && process.env["CI"] === "true") throw new Error(NO_CHROMIUM);
  return found;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
