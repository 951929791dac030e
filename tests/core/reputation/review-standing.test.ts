import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { standingFrom } from "../../../core/reputation/begin-standing.ts";
import type { Cohort, MailCounts } from "../../../core/reputation/mail-counts.ts";
import { TIER_POLICY } from "../../../core/reputation/read-tier-policy.ts";
import {
  nextReviewAt,
  type ReviewFigures,
  reviewStanding,
} from "../../../core/reputation/review-standing.ts";
import type { Incident, Standing, Suspension } from "../../../core/reputation/standing.ts";
import { TIERS } from "../../../core/use-case/use-case.ts";
import {
  cohort,
  counts,
  DAY_MS,
  daysOf,
  figuresOf,
  NOON,
  NOTHING,
  standingAt,
  suspensionOf,
} from "../../support/reputation-figures.ts";

const review = (standing: Standing, figures: ReviewFigures, now = NOON) =>
  reviewStanding(TIER_POLICY, standing, figures, now);

const BREACH = cohort(1, counts(200, { bounced: 10 }));
const incident = (daysAgo: number, members: Partial<Incident> = {}): Incident => ({
  startedAt: NOON - daysAgo * DAY_MS,
  isSetupWide: false,
  running: null,
  ...members,
});

describe("what a review decides", () => {
  test("nothing is known: nothing changes", () => {
    const standing = standingAt("onboarding");
    expect(review(standing, NOTHING)).toEqual({ standing, change: null });
  });

  test("capacity follows the clean days without a line in the history", () => {
    const { standing, change } = review(standingAt("onboarding"), figuresOf(daysOf(3, counts(50))));
    expect(standing).toEqual(standingAt("onboarding", { capacity: 675 }));
    expect(change).toBeNull();
  });

  test("a clean warm-up ends in standard, with the figures that did it", () => {
    const { standing, change } = review(standingAt("onboarding"), figuresOf(daysOf(14, counts(100))));
    expect(standing).toMatchObject({ tier: "standard", tierSince: NOON, capacity: 2000, suspension: null });
    expect(change).toMatchObject({ at: NOON, from: "onboarding", to: "standard", why: "promoted" });
    expect(change?.figures.map(({ name, value }) => [name, value])).toEqual([
      ["time_since_first_send", 14 * DAY_MS + DAY_MS / 48],
      ["sending_days", 14],
      ["delivered", 1400],
      ["bounce_rate", 0],
      ["complaints", 0],
    ]);
  });

  test("a month of volume ends in premium", () => {
    const { standing, change } = review(standingAt("standard"), figuresOf(daysOf(29, counts(4000))));
    expect(standing).toMatchObject({ tier: "premium", capacity: 50_000 });
    expect(change?.why).toBe("promoted");
  });

  test("premium ends with its volume, or its rates", () => {
    const little = review(standingAt("premium"), figuresOf(daysOf(29, counts(1000))));
    expect(little.standing).toMatchObject({
      tier: "standard",
      tierSince: NOON,
      capacity: 50_000,
      cameFrom: "premium",
    });
    expect(review(little.standing, figuresOf([]), NOON + DAY_MS).standing.capacity).toBe(50_000);
    expect(little.change).toMatchObject({ why: "volume_fell", figures: [{ name: "sent", value: 29_000 }] });
    const bad = review(standingAt("premium"), figuresOf(daysOf(29, counts(4000, { bounced: 100 }))));
    expect(bad.standing.tier).toBe("standard");
    expect(bad.change).toMatchObject({ why: "rates_rose", figures: [{ name: "bounce_rate", value: 0.025 }] });
  });

  test("over a limit it is suspended, from every tier, with no more than it had and at most 2,000", () => {
    for (const [tier, capacity, kept] of [
      ["onboarding", 200, 200],
      ["standard", 30_000, 2000],
      ["premium", 50_000, 2000],
    ] as const) {
      const { standing, change } = review(standingAt(tier, { capacity }), figuresOf([BREACH]));
      expect(standing).toMatchObject({ tier: "suspended", tierSince: NOON, capacity: kept });
      expect(standing.suspension).toEqual({
        incidentAt: NOON,
        offence: 1,
        until: NOON + 7 * DAY_MS,
        isStopped: false,
      });
      expect(change).toMatchObject({ from: tier, to: "suspended", suspension: standing.suspension });
      expect(change?.figures).not.toBeEmpty();
    }
  });

  test("the use case's own limit is told apart from the setup's", () => {
    const others = [cohort(1, counts(100_000))];
    const own = review(standingAt("onboarding"), figuresOf([BREACH], { others }));
    expect(own.change?.why).toBe("limit_exceeded");
    expect(own.change?.figures.map(({ scope }) => scope)).toEqual(["use_case"]);
    const whole = review(standingAt("onboarding"), figuresOf([cohort(1, counts(9))], { others: [BREACH] }));
    expect(whole.change).toMatchObject({ why: "setup_limit_exceeded", figures: [{ scope: "setup" }] });
  });

  test("the second within 180 days lasts 30, the third waits for the operator; older ones are forgotten", () => {
    const after = (...daysAgo: readonly number[]) =>
      review(
        standingAt("onboarding"),
        figuresOf([BREACH], { incidents: daysAgo.map((days) => incident(days)) }),
      ).standing.suspension;
    expect(after(100)).toMatchObject({ offence: 2, until: NOON + 30 * DAY_MS });
    expect(after(179, 100)).toMatchObject({ offence: 3, until: null });
    expect(after(10, 20, 30)).toMatchObject({ offence: 4, until: null });
    expect(after(180, 100)).toMatchObject({ offence: 2 });
  });

  test("who breaks a limit while another's suspension runs is a part of that incident", () => {
    const running = suspensionOf({ incidentAt: NOON - 2 * DAY_MS, offence: 2 });
    const incidents = [incident(2, { running }), incident(50)];
    const { suspension } = review(standingAt("onboarding"), figuresOf([BREACH], { incidents })).standing;
    expect(suspension).toEqual({
      incidentAt: NOON - 2 * DAY_MS,
      offence: 2,
      until: NOON + 30 * DAY_MS,
      isStopped: false,
    });
  });

  test("who was released from it and breaks a limit again is not a part of it, however long another's runs", () => {
    const running = suspensionOf({ incidentAt: NOON - 8 * DAY_MS });
    const incidents = [incident(8, { running })];
    const released = standingAt("onboarding", { countsFrom: NOON - DAY_MS });
    const { suspension } = review(released, figuresOf([BREACH], { incidents })).standing;
    expect(suspension).toMatchObject({ incidentAt: NOON, offence: 2, until: NOON + 30 * DAY_MS });
  });

  test("a setup-wide suspension takes in whoever stood there when it began, on its terms", () => {
    const running = suspensionOf({ until: NOON + 3 * DAY_MS });
    const incidents = [incident(4, { isSetupWide: true, running })];
    const before = review(standingAt("standard"), figuresOf([], { incidents }));
    expect(before.standing).toMatchObject({ tier: "suspended", suspension: running });
    expect(before.change).toMatchObject({ why: "setup_limit_exceeded", figures: [] });
    // The operator has resumed this one since.
    const resumed = standingAt("onboarding", { countsFrom: NOON - 2 * DAY_MS });
    expect(review(resumed, figuresOf([], { incidents })).change).toBeNull();
    const ownOnly = [incident(4, { running })];
    expect(review(standingAt("standard"), figuresOf([], { incidents: ownOnly })).change).toBeNull();
  });
});

describe("a suspended use case", () => {
  const suspended = standingAt("suspended", { capacity: 675 });

  test("stays as it is, with no growth", () => {
    const { standing, change } = review(suspended, figuresOf(daysOf(20, counts(50))));
    expect({ standing, change }).toEqual({ standing: suspended, change: null });
  });

  test("has served when its time is over: onboarding, and the counters begin at its end", () => {
    const until = NOON - 3600_000;
    const { standing, change } = review({ ...suspended, suspension: suspensionOf({ until }) }, NOTHING);
    expect(standing).toEqual({
      ...suspended,
      tier: "onboarding",
      cameFrom: "suspended",
      tierSince: NOON,
      capacity: 200,
      suspension: null,
      // The first part of a day that lies wholly after it.
      countsFrom: Date.parse("2026-03-31T12:00:00.000Z"),
    });
    expect(change).toMatchObject({ from: "suspended", to: "onboarding", why: "suspension_served" });
  });

  test("stops at twice the limits, for good", () => {
    const worse = figuresOf([cohort(0, counts(200, { bounced: 16 }))]);
    const { standing, change } = review(suspended, worse);
    expect(standing).toMatchObject({ tier: "suspended", capacity: 0 });
    expect(standing.suspension).toEqual({ ...suspensionOf(), until: null, isStopped: true });
    expect(change).toMatchObject({ from: "suspended", to: "suspended", why: "sending_stopped" });
    expect(review(standing, worse).change).toBeNull();
    expect(review(standing, NOTHING, NOON + 100 * DAY_MS).change).toBeNull();
  });

  test("stops even when its time is over", () => {
    const served = { ...suspended, suspension: suspensionOf({ until: NOON - 1 }) };
    const worse = figuresOf([cohort(0, counts(200, { bounced: 16 }))]);
    expect(review(served, worse).change?.why).toBe("sending_stopped");
  });

  test("waits for the operator when nothing ends it", () => {
    const third = { ...suspended, suspension: suspensionOf({ until: null, offence: 3 }) };
    expect(review(third, NOTHING, NOON + 1000 * DAY_MS).change).toBeNull();
  });
});

describe("when to look again", () => {
  const midnight = Date.parse("2026-04-01T00:00:00.000Z");
  test("at the next day's start, or when a suspension ends before it", () => {
    const at = (standing: Standing) => nextReviewAt(TIER_POLICY, standing, NOON);
    const until = (time: number | null) =>
      standingAt("suspended", { suspension: suspensionOf({ until: time }) });
    expect(at(standingAt("standard"))).toBe(midnight);
    expect(at(until(NOON + 5000))).toBe(NOON + 5000);
    expect(at(until(midnight + 1))).toBe(midnight);
    expect(at(until(NOON - 1))).toBe(midnight);
    expect(at(until(null))).toBe(midnight);
  });
});

describe("a new use case", () => {
  test("begins in onboarding, with what deleted ones used today", () => {
    const { standing, change } = standingFrom(TIER_POLICY, { incidents: [incident(5)], taken: 40 }, NOON);
    expect(standing).toEqual({
      tier: "onboarding",
      tierSince: NOON,
      capacity: 200,
      suspension: null,
      cameFrom: null,
      movingTo: null,
      countsFrom: Date.parse("2026-03-31T12:00:00.000Z"),
      carried: { dayStartsAt: Date.parse("2026-03-31T00:00:00.000Z"), taken: 40 },
    });
    expect(change).toBeNull();
  });

  const running: readonly (readonly [string, Partial<Suspension>, number])[] = [
    ["runs", {}, 200],
    ["waits for the operator", { until: null }, 200],
    ["has stopped sending", { until: null, isStopped: true }, 0],
  ];
  test.each(running)("is suspended on the terms of the hardest one, that %s", (_, terms, capacity) => {
    const suspension = suspensionOf(terms);
    const incidents = [
      incident(3, { running: suspensionOf({ until: NOON + 1 }) }),
      incident(9, { running: suspension }),
    ];
    const { standing, change } = standingFrom(TIER_POLICY, { incidents, taken: 0 }, NOON);
    expect(standing).toMatchObject({ tier: "suspended", capacity, suspension });
    expect(change).toMatchObject({ to: "suspended", why: "inherited", suspension });
  });
});

describe("properties", () => {
  const mails: fc.Arbitrary<MailCounts> = fc
    .tuple(fc.constantFrom(0, 1, 9, 50, 200, 4000, 30_000), fc.nat(100), fc.nat(100))
    .map(([sent, bounced, complained]) =>
      counts(sent, {
        bounced: Math.min(sent, bounced),
        complained: Math.min(sent, complained),
        delivered: sent - Math.min(sent, bounced),
      }),
    );
  const cohorts = fc.array(
    fc.tuple(fc.nat(40 * 24), mails).map(([hours, of]): Cohort => cohort(hours / 24, of)),
    { maxLength: 40 },
  );
  const incidents = fc.array(
    fc.record({
      startedAt: fc.integer({ min: NOON - 200 * DAY_MS, max: NOON }),
      isSetupWide: fc.boolean(),
      running: fc.constantFrom(null, suspensionOf()),
    }),
    { maxLength: 3 },
  );
  const standing = fc
    .tuple(
      fc.constantFrom(...TIERS),
      fc.constantFrom(200, 675, 2000, 30_000),
      fc.constantFrom(suspensionOf(), suspensionOf({ until: NOON - 1 }), suspensionOf({ until: null })),
    )
    .map(([tier, capacity, suspension]) =>
      standingAt(tier, { capacity, suspension: tier === "suspended" ? suspension : null }),
    );
  const trouble = fc.record({
    which: fc.nat(39),
    ofOthers: fc.boolean(),
    bounced: fc.nat(5000),
    complained: fc.nat(500),
  });

  const RANKS = ["stopped", "suspended", "onboarding", "standard", "premium"] as const;
  const rank = ({ tier, suspension }: Standing): number =>
    RANKS.indexOf(suspension?.isStopped ? "stopped" : tier);

  test("a worse rate never gives a better tier or more capacity", () => {
    fc.assert(
      fc.property(standing, cohorts, cohorts, incidents, trouble, (from, own, others, incidents, more) => {
        const worsened = (list: readonly Cohort[]): readonly Cohort[] =>
          list.map((one, index) =>
            index === more.which % Math.max(1, list.length)
              ? { ...one, bounced: one.bounced + more.bounced, complained: one.complained + more.complained }
              : one,
          );
        const before = review(from, figuresOf(own, { others, incidents })).standing;
        const after = review(
          from,
          more.ofOthers
            ? figuresOf(own, { others: worsened(others), incidents })
            : figuresOf(worsened(own), { others, incidents }),
        ).standing;
        expect(rank(after)).toBeLessThanOrEqual(rank(before));
        expect(after.capacity).toBeLessThanOrEqual(before.capacity);
      }),
      { numRuns: 1000 },
    );
  });

  test("one change at a time, and each comes to an end", () => {
    fc.assert(
      fc.property(standing, cohorts, incidents, (from, own, incidents) => {
        const figures = figuresOf(own, { incidents });
        let at = from;
        for (let turns = 0; ; turns++) {
          const { standing: next, change } = review(at, figures);
          expect(next.suspension === null).toBe(next.tier !== "suspended");
          if (change === null) break;
          expect(change).toMatchObject({ from: at.tier, to: next.tier, capacity: next.capacity });
          expect(turns).toBeLessThan(4);
          at = next;
        }
      }),
    );
  });
});
