import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { explainSend, type SEND_RULES } from "../../../core/suppression/explain-send.ts";
import { type Suppression, SUPPRESSION_REASONS } from "../../../core/suppression/suppression.ts";
import { UNSUBSCRIBE_SCOPES } from "../../../core/use-case/use-case.ts";

const NOW = 1_000;

const suppressed = (changes: Partial<Suppression>): Suppression => ({
  id: "id",
  workspaceId: "workspace",
  scope: "setup",
  setupId: "setup",
  useCaseId: null,
  address: "pat@example.org",
  reason: "unsubscribe",
  since: 100,
  lastAt: 100,
  expiresAt: null,
  sourceEmailId: null,
  ...changes,
});

describe("explainSend", () => {
  const rows: [
    name: string,
    suppressions: readonly Partial<Suppression>[],
    answersHumanMailAt: number | null,
    told: readonly [wouldSend: boolean, rule: (typeof SEND_RULES)[number]],
  ][] = [
    ["nothing", [], null, [true, "not_suppressed"]],
    ["an unsubscribe", [{}], null, [false, "unsubscribe"]],
    ["an unsubscribe from the use case", [{ scope: "use_case" }], null, [false, "unsubscribe"]],
    ["an unsubscribe, answering what was written after it", [{}], 101, [true, "answers_newer_mail"]],
    ["an unsubscribe, answering what was written in the same moment", [{}], 100, [false, "unsubscribe"]],
    ["an unsubscribe, answering what was written before it", [{}], 99, [false, "unsubscribe"]],
    ["unsubscribed again since the person wrote", [{ lastAt: 102 }], 101, [false, "unsubscribe"]],
    ["a complaint, answering newer mail", [{ reason: "complaint" }], 101, [false, "complaint"]],
    ["a hard bounce, answering newer mail", [{ reason: "hard_bounce" }], 101, [false, "hard_bounce"]],
    ["by hand, answering newer mail", [{ reason: "manual" }], 101, [false, "manual"]],
    ["an unsubscribe and a complaint", [{}, { reason: "complaint" }], null, [false, "complaint"]],
    ["both, answering newer mail", [{}, { reason: "complaint" }], 101, [false, "complaint"]],
    [
      "soft bounces that still count",
      [{ reason: "soft_bounce", expiresAt: NOW + 1 }],
      null,
      [false, "soft_bounce"],
    ],
    [
      "soft bounces that are over",
      [{ reason: "soft_bounce", expiresAt: NOW }],
      null,
      [true, "not_suppressed"],
    ],
  ];
  test.each(rows)("%s", (_, suppressions, answersHumanMailAt, [wouldSend, rule]) => {
    const explained = explainSend(suppressions.map(suppressed), { answersHumanMailAt, now: NOW });
    expect([explained.wouldSend, explained.rule]).toEqual([wouldSend, rule]);
    expect(explained.suppression === null).toBe(rule === "not_suppressed");
  });

  test("of several the hardest to lift is told, the wider scope first", () => {
    const all = SUPPRESSION_REASONS.flatMap((reason) =>
      UNSUBSCRIBE_SCOPES.map((scope) => suppressed({ reason, scope })),
    );
    const told: (string | undefined)[] = [];
    for (let left = all; left.length > 0;) {
      const { suppression } = explainSend(left, { answersHumanMailAt: null, now: NOW });
      told.push(`${suppression?.reason} ${suppression?.scope}`);
      left = left.filter((one) => one !== suppression);
    }
    expect(told).toEqual(SUPPRESSION_REASONS.flatMap((reason) => [`${reason} setup`, `${reason} use_case`]));
  });

  const anySuppression = fc
    .record({
      reason: fc.constantFrom(...SUPPRESSION_REASONS),
      scope: fc.constantFrom(...UNSUBSCRIBE_SCOPES),
      since: fc.integer({ min: 0, max: 20 }),
      renewedAfter: fc.integer({ min: 0, max: 20 }),
      expiresAt: fc.option(fc.integer({ min: 0, max: 40 })),
    })
    .map(({ renewedAfter, ...drawn }) => suppressed({ ...drawn, lastAt: drawn.since + renewedAfter }));
  const moment = fc.record({
    answersHumanMailAt: fc.option(fc.integer({ min: 0, max: 40 })),
    now: fc.integer({ min: 0, max: 40 }),
  });

  test("one more suppression, and an unsubscribe above all, enables nothing", () => {
    fc.assert(
      fc.property(fc.array(anySuppression), anySuppression, moment, (others, added, when) => {
        if (explainSend([...others, added], when).wouldSend)
          expect(explainSend(others, when).wouldSend).toBe(true);
      }),
    );
  });

  test("unsubscribing again later enables nothing", () => {
    fc.assert(
      fc.property(fc.array(anySuppression), anySuppression, fc.nat(40), moment, (others, one, more, when) => {
        const renewed = { ...one, lastAt: one.lastAt + more };
        if (explainSend([...others, renewed], when).wouldSend)
          expect(explainSend([...others, one], when).wouldSend).toBe(true);
      }),
    );
  });
});
