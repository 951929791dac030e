import { describe, expect, test } from "bun:test";
import { readTierPolicy, TIER_POLICY } from "../../../core/reputation/read-tier-policy.ts";

const DAY_MS = 86_400_000;

const policyOf = (override: unknown) => {
  const read = readTierPolicy(override);
  if (!read.ok) throw new Error(read.error.join("\n"));
  return read.value;
};

test("without an override it is the table, with durations in ms", () => {
  expect(policyOf({})).toEqual(TIER_POLICY);
  expect(TIER_POLICY.day).toBe(DAY_MS);
  expect(TIER_POLICY.standard.entry.sinceFirstSend).toBe(14 * DAY_MS);
  expect(TIER_POLICY.suspension.lasts).toEqual([7 * DAY_MS, 30 * DAY_MS]);
});

test("a member is replaced, the others stay", () => {
  const { premium, ...rest } = policyOf({ premium: { entry: { sent: 5 } } });
  const { premium: usual, ...usualRest } = TIER_POLICY;
  expect(premium).toEqual({ ...usual, entry: { ...usual.entry, sent: 5 } });
  expect(rest).toEqual(usualRest);
});

test("a shorter sending day shortens whatever is told in days, and nothing else", () => {
  const policy = policyOf({ day: "2s", suspension: { lasts: ["90s", "0.5d"] } });
  expect(policy.day).toBe(2000);
  expect(policy.standard.entry.sinceFirstSend).toBe(28_000);
  expect(policy.suspension.slow.window).toBe(14_000);
  expect(policy.suspension.lasts).toEqual([90_000, 1000]);
});

describe("faults, a sentence each", () => {
  const rows: readonly (readonly [name: string, override: unknown, ...sentences: readonly RegExp[]])[] = [
    ["no object", "premium", /it must be an object/],
    ["a list", [], /it must be an object/],
    ["null", null, /it must be an object/],
    ["a member there is none of", { gold: {} }, /there is no gold; there are day, lookBack/],
    ["a member of every object", JSON.parse('{"__proto__": {"day": "1s"}}'), /there is no __proto__/],
    ["another one", { constructor: {} }, /there is no constructor/],
    ["one deeper", { standard: { entry: { days: 3 } } }, /there is no standard\.entry\.days/],
    ["an object's place taken", { standard: 5 }, /standard must be an object/],
    ["a duration without a unit", { lookBack: 5 }, /lookBack must be a duration such as "14d".*it is 5/],
    ["no duration at all", { growth: { window: "0d" } }, /growth\.window must be a duration/],
    ["longer than any Date", { suspension: { lasts: ["999999999d"] } }, /lasts\[0\] must be a duration/],
    ["a day told in days of itself is the usual one", { day: "3d" }, /day must be from 1s to 24h/],
    ["a day too short for its 24 parts", { day: "999ms" }, /day must be from 1s to 24h/],
    [
      "a share over 1",
      { standard: { entry: { bounceRate: 2 } } },
      /standard\.entry\.bounceRate must be a share/,
    ],
    ["a share of nothing", { standard: { entry: { bounceRate: 0 } } }, /a share above 0/],
    ["a half mail", { standard: { capacity: 60_000.5 } }, /standard\.capacity must be a whole number/],
    ["a figure as text", { standard: { capacity: "60000" } }, /it is "60000"/],
    ["a factor under 1", { growth: { bestFactor: 0.5 } }, /growth\.bestFactor must be a number from 1/],
    ["an empty list", { onboarding: { capacities: [] } }, /onboarding\.capacities must be a list/],
    ["a list's item", { onboarding: { capacities: [1, 0] } }, /onboarding\.capacities\[1\] must be a whole/],
    ["falling capacities", { onboarding: { capacities: [5, 4] } }, /onboarding\.capacities must not fall/],
    ["standard under onboarding", { standard: { capacity: 1999 } }, /standard\.capacity must not be less/],
    ["premium under standard", { premium: { capacity: 49_999 } }, /premium\.capacity must not be less/],
    ["fast slower than slow", { suspension: { fast: { window: "8d" } } }, /fast\.window must not be longer/],
    ["a slow window without end", { suspension: { slow: { window: "32d" } } }, /must be at most 31d/],
    ["a window longer than the memory", { lookBack: "29d" }, /no window may be longer than lookBack/],
    [
      "more days than are remembered",
      { standard: { entry: { sendingDays: 367 } } },
      /sendingDays must not be more than lookBack has/,
    ],
    ["a memory without end", { lookBack: "367d" }, /lookBack must be at most 366d/],
    ["several at once", { gold: 1, lookBack: 5 }, /there is no gold/, /lookBack must be a duration/],
  ];
  test.each(rows)("%s", (_, override, ...sentences) => {
    const read = readTierPolicy(override);
    const faults = read.ok ? [] : read.error;
    expect(faults).toHaveLength(sentences.length);
    for (const [index, sentence] of sentences.entries()) expect(faults[index]).toMatch(sentence);
    for (const fault of faults) expect(fault).toStartWith("TIER_POLICY: ");
  });
});
