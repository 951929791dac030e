// Figures at and around each limit, from no mail to a million. Where nothing can tip a limit the row says null.
import { describe, expect, test } from "bun:test";
import type { Check, CheckName } from "../../../core/reputation/checks.ts";
import { dailyCapacity } from "../../../core/reputation/daily-capacity.ts";
import type { Cohort, MailCounts } from "../../../core/reputation/mail-counts.ts";
import { TIER_POLICY } from "../../../core/reputation/read-tier-policy.ts";
import { suspensionChecks } from "../../../core/reputation/suspension-limits.ts";
import {
  isCleanDay,
  premiumEntry,
  premiumExit,
  standardEntry,
} from "../../../core/reputation/tier-limits.ts";
import { cohort, counts, DAY_MS, daysOf, figuresOf, NOON } from "../../support/reputation-figures.ts";

const SENDS = [0, 1, 9, 10, 99, 100, 200, 1000, 1_000_000] as const;
type Sends = (typeof SENDS)[number];
/** The least trouble that is over the limit, by how many were sent; null: as many as were sent are not. */
type TipsAt = { readonly [Sent in Sends]: number | null };

const LIMITS: readonly (readonly [
  name: "bounce_rate" | "complaint_rate",
  window: string,
  windowMs: number,
  member: "bounced" | "complained",
  tipsAt: TipsAt,
])[] = [
  [
    "bounce_rate",
    "7 days: 4 % of 200 or more, 10 or more",
    7 * DAY_MS,
    "bounced",
    { 0: null, 1: null, 9: null, 10: 10, 99: 10, 100: 10, 200: 10, 1000: 40, 1_000_000: 40_000 },
  ],
  [
    "bounce_rate",
    "24 hours: 8 % of 200 or more, 20 or more",
    DAY_MS,
    "bounced",
    { 0: null, 1: null, 9: null, 10: null, 99: 20, 100: 20, 200: 20, 1000: 80, 1_000_000: 80_000 },
  ],
  [
    "complaint_rate",
    "7 days: 0.2 % of 1,000 or more, 3 or more",
    7 * DAY_MS,
    "complained",
    { 0: null, 1: null, 9: 3, 10: 3, 99: 3, 100: 3, 200: 3, 1000: 3, 1_000_000: 2000 },
  ],
  [
    "complaint_rate",
    "24 hours: 0.5 % of 1,000 or more, 5 or more",
    DAY_MS,
    "complained",
    { 0: null, 1: null, 9: 5, 10: 5, 99: 5, 100: 5, 200: 5, 1000: 5, 1_000_000: 5000 },
  ],
];

describe("suspension, of the use case and of the setup as a whole", () => {
  const rows = LIMITS.flatMap(([name, window, windowMs, member, tipsAt]) =>
    SENDS.map((sent) => [name, window, sent, tipsAt[sent], windowMs, member] as const),
  );
  test.each(rows)("%s over %s: %i sent tip at %p", (name, _, sent, tipsAt, windowMs, member) => {
    const isOver = (trouble: number, scope: string): boolean =>
      suspensionChecks(TIER_POLICY, figuresOf([cohort(0, counts(sent, { [member]: trouble }))]), NOON).some(
        (check) => check.name === name && check.windowMs === windowMs && check.scope === scope && check.holds,
      );
    for (const scope of ["use_case", "setup"]) {
      if (tipsAt !== null) expect(isOver(tipsAt, scope)).toBe(true);
      expect(isOver((tipsAt ?? sent + 1) - 1, scope)).toBe(false);
    }
  });

  test("a window ends: the part of a day before it counts no more", () => {
    const bad = counts(200, { bounced: 20 });
    const names = (daysAgo: number) =>
      suspensionChecks(TIER_POLICY, figuresOf([cohort(daysAgo, bad)]), NOON)
        .filter(({ holds }) => holds)
        .map(({ windowMs, scope }) => `${scope} ${(windowMs ?? 0) / DAY_MS}`);
    const hour = 1 / 24;
    expect(names(23 * hour)).toEqual(["use_case 7", "use_case 1", "setup 7", "setup 1"]);
    expect(names(1)).toEqual(["use_case 7", "setup 7"]);
    expect(names(7 - hour)).toEqual(["use_case 7", "setup 7"]);
    expect(names(7)).toEqual([]);
  });

  test("twice the limits: twice the rates, with as many", () => {
    const over = (bounced: number) =>
      suspensionChecks(TIER_POLICY, figuresOf([cohort(2, counts(1000, { bounced }))]), NOON, 2).filter(
        ({ holds, scope }) => holds && scope === "use_case",
      );
    expect(over(79)).toEqual([]);
    expect(over(80)).toMatchObject([{ limit: 0.08, value: 0.08, count: 80, sample: 1000 }]);
  });
});

/** The names of what does not hold. */
const missing = (checks: readonly Check[]) => checks.filter(({ holds }) => !holds).map(({ name }) => name);

describe("rates that promotion, premium and a clean day ask for", () => {
  type Asked = (of: readonly Cohort[], name: CheckName) => boolean | undefined;
  const holds = (checks: readonly Check[], name: CheckName) => checks.find((one) => one.name === name)?.holds;
  const enter: Asked = (of, name) => holds(standardEntry(TIER_POLICY, figuresOf(of), NOON), name);
  const rise: Asked = (of, name) =>
    holds(premiumEntry(TIER_POLICY, { tierSince: 0 }, figuresOf(of).days, NOON), name);
  const stay: Asked = (of, name) => !holds(premiumExit(TIER_POLICY, figuresOf(of).days, NOON), name);
  const clean: Asked = (of) => of.every((day) => isCleanDay(TIER_POLICY, day));
  /** The least trouble that is too much, by how many were sent; null: as many as were sent are not. */
  const rows: readonly (readonly [string, CheckName, "bounced" | "complained", Asked, TipsAt])[] = [
    [
      "standard: under 2 %",
      "bounce_rate",
      "bounced",
      enter,
      { 0: null, 1: 1, 9: 1, 10: 1, 99: 2, 100: 2, 200: 4, 1000: 20, 1_000_000: 20_000 },
    ],
    [
      "standard: one, or 0.1 %",
      "complaints",
      "complained",
      enter,
      { 0: null, 1: null, 9: 2, 10: 2, 99: 2, 100: 2, 200: 2, 1000: 2, 1_000_000: 1001 },
    ],
    [
      "premium: under 1 %",
      "bounce_rate",
      "bounced",
      rise,
      { 0: null, 1: 1, 9: 1, 10: 1, 99: 1, 100: 1, 200: 2, 1000: 10, 1_000_000: 10_000 },
    ],
    [
      "premium: under 0.03 %",
      "complaint_rate",
      "complained",
      rise,
      { 0: null, 1: 1, 9: 1, 10: 1, 99: 1, 100: 1, 200: 1, 1000: 1, 1_000_000: 300 },
    ],
    [
      "still premium: at most 2 %",
      "bounce_rate",
      "bounced",
      stay,
      { 0: null, 1: 1, 9: 1, 10: 1, 99: 2, 100: 3, 200: 5, 1000: 21, 1_000_000: 20_001 },
    ],
    [
      "still premium: at most 0.06 %",
      "complaint_rate",
      "complained",
      stay,
      { 0: null, 1: 1, 9: 1, 10: 1, 99: 1, 100: 1, 200: 1, 1000: 1, 1_000_000: 601 },
    ],
    [
      "a clean day: under 2 % of 200 or more",
      "bounce_rate",
      "bounced",
      clean,
      { 0: null, 1: null, 9: 4, 10: 4, 99: 4, 100: 4, 200: 4, 1000: 20, 1_000_000: 20_000 },
    ],
    [
      "a clean day: one complaint, or 0.1 %",
      "complaints",
      "complained",
      clean,
      { 0: null, 1: null, 9: 2, 10: 2, 99: 2, 100: 2, 200: 2, 1000: 2, 1_000_000: 1001 },
    ],
  ];
  const each = rows.flatMap(([rule, name, member, isMet, tipsAt]) =>
    SENDS.map((sent) => [rule, sent, tipsAt[sent], name, member, isMet] as const),
  );
  test.each(each)("%s: of %i sent %p are too many", (_, sent, tipsAt, name, member, isMet) => {
    const isMetWith = (trouble: number) => isMet([cohort(0, counts(sent, { [member]: trouble }))], name);
    if (tipsAt !== null) expect(isMetWith(tipsAt)).toBe(false);
    expect(isMetWith(tipsAt === null ? sent : tipsAt - 1)).toBe(true);
  });
});

describe("onboarding to standard", () => {
  /** Fourteen days ago the first mail, then so many sending days; the rest on the last of them. */
  const history = (sendingDays: number, of: MailCounts, firstDaysAgo = 14): readonly Cohort[] => {
    const few = daysOf(sendingDays - 2, counts(1));
    const rest = counts(0, {
      ...of,
      sent: of.sent - sendingDays + 1,
      delivered: of.delivered - sendingDays + 1,
    });
    return [cohort(firstDaysAgo, counts(1)), ...few, cohort(0, rest)];
  };
  const rows: readonly (readonly [string, readonly Cohort[], readonly CheckName[]])[] = [
    ["nothing sent", [], ["time_since_first_send", "sending_days", "delivered"]],
    ["all there", history(7, counts(1000)), []],
    ["999 delivered", history(7, counts(1000, { delivered: 999 })), ["delivered"]],
    ["6 sending days", history(6, counts(1000)), ["sending_days"]],
    ["13 days since the first", history(7, counts(1000), 13), ["time_since_first_send"]],
    ["an hour less than 14", history(7, counts(1000), 14 - 1 / 24), ["time_since_first_send"]],
    ["1.9 % bounces", history(7, counts(1000, { bounced: 19 })), []],
    ["2 % bounces", history(7, counts(1000, { bounced: 20 })), ["bounce_rate"]],
    ["one complaint of 1,000", history(7, counts(1000, { complained: 1 })), []],
    ["two complaints of 1,000", history(7, counts(1000, { complained: 2 })), ["complaints"]],
    ["0.1 % complaints of a million", history(7, counts(1_000_000, { complained: 1000 })), []],
    ["one more", history(7, counts(1_000_000, { complained: 1001 })), ["complaints"]],
    ["2 % bounces of a million", history(7, counts(1_000_000, { bounced: 20_000 })), ["bounce_rate"]],
    ["a hair less", history(7, counts(1_000_000, { bounced: 19_999 })), []],
  ];
  test.each(rows)("%s", (_, cohorts, names) => {
    expect(missing(standardEntry(TIER_POLICY, figuresOf(cohorts), NOON))).toEqual([...names]);
  });
});

describe("standard to premium", () => {
  const month = (of: MailCounts) => [cohort(29, of), cohort(30, counts(1_000_000))];
  const rows: readonly (readonly [string, MailCounts, number, readonly CheckName[]])[] = [
    ["all there", counts(100_000), 30 * DAY_MS, []],
    ["99,999 in the 30 days", counts(99_999), 30 * DAY_MS, ["sent"]],
    ["30 days in the tier but a ms", counts(100_000), 30 * DAY_MS - 1, ["time_in_tier"]],
    ["1 % bounces but one", counts(100_000, { bounced: 999 }), 30 * DAY_MS, []],
    ["1 % bounces", counts(100_000, { bounced: 1000 }), 30 * DAY_MS, ["bounce_rate"]],
    ["0.03 % complaints but one", counts(100_000, { complained: 29 }), 30 * DAY_MS, []],
    ["0.03 % complaints", counts(100_000, { complained: 30 }), 30 * DAY_MS, ["complaint_rate"]],
    ["nothing", counts(0), 30 * DAY_MS, ["sent"]],
  ];
  test.each(rows)("%s", (_, of, inTierMs, names) => {
    const checks = premiumEntry(TIER_POLICY, { tierSince: NOON - inTierMs }, figuresOf(month(of)).days, NOON);
    expect(missing(checks)).toEqual([...names]);
  });
});

describe("premium to standard", () => {
  const rows: readonly (readonly [string, MailCounts, readonly CheckName[]])[] = [
    ["half the volume", counts(50_000), []],
    ["one less", counts(49_999), ["sent"]],
    ["2 % bounces", counts(100_000, { bounced: 2000 }), []],
    ["one more", counts(100_000, { bounced: 2001 }), ["bounce_rate"]],
    ["0.06 % complaints", counts(100_000, { complained: 60 }), []],
    ["one more complaint", counts(100_000, { complained: 61 }), ["complaint_rate"]],
    ["nothing", counts(0), ["sent"]],
  ];
  test.each(rows)("%s", (_, of, names) => {
    const reasons = premiumExit(TIER_POLICY, figuresOf([cohort(29, of)]).days, NOON);
    expect(reasons.filter(({ holds }) => holds).map(({ name }) => name)).toEqual([...names]);
  });
});

describe("a clean sending day", () => {
  const rows: readonly (readonly [string, MailCounts, boolean])[] = [
    ["one mail", counts(1), true],
    ["three of nine bounced", counts(9, { bounced: 3 }), true],
    ["four of ten bounced", counts(10, { bounced: 4 }), false],
    ["three of 200 bounced", counts(200, { bounced: 3 }), true],
    ["four of 200 bounced", counts(200, { bounced: 4 }), false],
    ["19 of 1,000 bounced", counts(1000, { bounced: 19 }), true],
    ["20 of 1,000 bounced", counts(1000, { bounced: 20 }), false],
    ["one complaint", counts(9, { complained: 1 }), true],
    ["two complaints", counts(1000, { complained: 2 }), false],
    ["two complaints of 2,000", counts(2000, { complained: 2 }), true],
  ];
  test.each(rows)("%s", (_, of, isClean) => {
    expect(isCleanDay(TIER_POLICY, cohort(1, of))).toBe(isClean);
  });
});

describe("daily capacity", () => {
  const clean = counts(10);
  const bad = counts(10, { bounced: 5 });
  const begun = <T extends string>(tier: T) => ({ tier, cameFrom: null });
  const onboarding: readonly (readonly [string, readonly MailCounts[], number])[] = [
    ["nothing sent", [], 200],
    ["one clean day", [clean], 300],
    ["two", [clean, clean], 450],
    ["three", [clean, clean, clean], 675],
    ["four", Array(4).fill(clean), 1000],
    ["five", Array(5).fill(clean), 1500],
    ["six", Array(6).fill(clean), 2000],
    ["a hundred", Array(100).fill(clean), 2000],
    ["a bad day at the top", [...Array(9).fill(clean), bad], 1500],
    ["a bad day at the bottom", [bad, clean], 300],
    ["a day without mail is neither", [clean, counts(0), counts(0)], 300],
  ];
  test.each(onboarding)("onboarding: %s", (_, days, capacity) => {
    const cohorts = days.map((of, index) => cohort(days.length - index, of));
    expect(dailyCapacity(TIER_POLICY, begun("onboarding"), figuresOf(cohorts).days, NOON)).toBe(capacity);
  });

  const grown: readonly (readonly ["standard" | "premium", string, readonly Cohort[], number])[] = [
    ["standard", "nothing sent: what onboarding had", [], 2000],
    ["standard", "twice the best day", [cohort(1, counts(1500)), cohort(7, counts(1600))], 3200],
    ["standard", "eight days ago counts no more", [cohort(8, counts(40_000))], 2000],
    ["standard", "today counts tomorrow", [cohort(0, counts(40_000))], 2000],
    ["standard", "its own at most", [cohort(1, counts(40_000))], 50_000],
    ["premium", "nothing sent: what standard had", [], 50_000],
    ["premium", "twice the best day", [cohort(1, counts(50_000))], 100_000],
    ["premium", "its own at most", [cohort(3, counts(1_000_000))], 1_000_000],
  ];
  test.each(grown)("%s: %s", (tier, _, cohorts, capacity) => {
    expect(dailyCapacity(TIER_POLICY, begun(tier), figuresOf(cohorts).days, NOON)).toBe(capacity);
  });

  test("standard that was premium has all that standard has, however little it sends", () => {
    const demoted = { tier: "standard", cameFrom: "premium" } as const;
    for (const days of [[], [cohort(1, counts(1500))]])
      expect(dailyCapacity(TIER_POLICY, demoted, figuresOf(days).days, NOON)).toBe(50_000);
    const promoted = { tier: "standard", cameFrom: "onboarding" } as const;
    expect(dailyCapacity(TIER_POLICY, promoted, [], NOON)).toBe(2000);
  });

  test("today's trouble takes nothing away before tomorrow", () => {
    const days = figuresOf([cohort(1, clean), cohort(0, bad)]).days;
    expect(dailyCapacity(TIER_POLICY, begun("onboarding"), days, NOON)).toBe(300);
    expect(dailyCapacity(TIER_POLICY, begun("onboarding"), days, NOON + DAY_MS)).toBe(200);
  });
});
