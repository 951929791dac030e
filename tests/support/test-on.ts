// Tests that need a program of another package: without it they are skipped and their names say why. Under CI nothing
// skips: there they run, and fail at what is missing.
import { test } from "bun:test";
import { type LongLivedRuntime, whyNotInstalled } from "./program.ts";

/** Starting a program of its own on a machine that does other things as well. */
export const PROGRAM_TEST_MS_MAX = 60_000;

/** The reason to skip, or null. `missing` names what is not installed. */
export const skipReason = (missing: string | null): string | null =>
  process.env["CI"] === "true" ? null : missing;

/** `test`, with the time that starting programs takes, where this runtime is installed. */
export function testOn(runtime: LongLivedRuntime): (name: string, body: () => Promise<void>) => void {
  const reason = skipReason(whyNotInstalled(runtime));
  return (name, body) =>
    reason === null
      ? test(`${runtime}: ${name}`, body, PROGRAM_TEST_MS_MAX)
      : test.skip(`${runtime}: ${name} (${reason})`, body);
}
