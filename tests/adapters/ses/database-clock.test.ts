import { expect, test } from "bun:test";
import fc from "fast-check";
import { makeDatabaseClock } from "../../../adapters/ses/database-clock.ts";

const MINUTE_MS = 60_000;

test("a single exchange is taken to have been read in its middle", () => {
  expect(makeDatabaseClock().readAt({ askedAt: 1000, answeredAt: 1200, theirs: 5 })).toBe(1100);
});

test("the quickest exchange of the last minute says how far apart the clocks are", () => {
  const clock = makeDatabaseClock();
  expect(clock.readAt({ askedAt: 1000, answeredAt: 1002, theirs: 71_001 })).toBe(1001);
  // Slow, and the question was what took long; then the answer.
  expect(clock.readAt({ askedAt: 2000, answeredAt: 2500, theirs: 72_490 })).toBe(2490);
  expect(clock.readAt({ askedAt: 3000, answeredAt: 3500, theirs: 73_010 })).toBe(3010);
  // A minute later it says nothing any more.
  const later = 1002 + MINUTE_MS + 1;
  expect(clock.readAt({ askedAt: later - 100, answeredAt: later, theirs: 0 })).toBe(later - 50);
});

test("whatever the clocks do, it was between asking and being answered", () => {
  const ms = fc.integer({ min: 0, max: 10 * MINUTE_MS });
  const exchange = fc
    .record({ askedAt: ms, tookMs: fc.integer({ min: 0, max: 30_000 }), theirs: ms })
    .map(({ askedAt, tookMs, theirs }) => ({ askedAt, answeredAt: askedAt + tookMs, theirs }));
  fc.assert(
    fc.property(fc.array(exchange, { maxLength: 20 }), (exchanges) => {
      const clock = makeDatabaseClock();
      for (const one of exchanges) {
        const at = clock.readAt(one);
        expect(at).toBeGreaterThanOrEqual(one.askedAt);
        expect(at).toBeLessThanOrEqual(one.answeredAt);
      }
    }),
  );
});
