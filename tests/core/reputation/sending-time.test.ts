import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  bucketStart,
  dayStart,
  firstBucketFrom,
  nextDayStart,
  windowStart,
} from "../../../core/reputation/sending-time.ts";

const at = (text: string): number => Date.parse(text);
const UTC = { day: 86_400_000 };

describe("a day of 24 hours", () => {
  test("is the UTC day", () => {
    const late = at("2026-03-01T23:59:59.999Z");
    expect(dayStart(UTC, late)).toBe(at("2026-03-01T00:00:00.000Z"));
    expect(nextDayStart(UTC, late)).toBe(at("2026-03-02T00:00:00.000Z"));
    expect(nextDayStart(UTC, at("2026-03-02T00:00:00.000Z"))).toBe(at("2026-03-03T00:00:00.000Z"));
  });

  test("has hours as parts", () => {
    expect(bucketStart(UTC, at("2026-03-01T23:59:59.999Z"))).toBe(at("2026-03-01T23:00:00.000Z"));
    expect(firstBucketFrom(UTC, at("2026-03-01T23:00:00.001Z"))).toBe(at("2026-03-02T00:00:00.000Z"));
    expect(firstBucketFrom(UTC, at("2026-03-01T23:00:00.000Z"))).toBe(at("2026-03-01T23:00:00.000Z"));
  });

  test("a window of a day is the hour under way and the 23 before it", () => {
    expect(windowStart(UTC, UTC.day, at("2026-03-02T10:30:00.000Z"))).toBe(at("2026-03-01T11:00:00.000Z"));
  });
});

test("days of any length: parts lie within their day, in order, at most 24 of them, and hold their times", () => {
  const length = fc.integer({ min: 1000, max: UTC.day }).map((day) => ({ day }));
  const time = fc.integer({ min: 0, max: at("2100-01-01T00:00:00.000Z") });
  fc.assert(
    fc.property(length, time, (policy, now) => {
      const day = dayStart(policy, now);
      const bucket = bucketStart(policy, now);
      const next = firstBucketFrom(policy, now + 1);
      expect(day).toBeLessThanOrEqual(bucket);
      expect(bucket).toBeLessThanOrEqual(now);
      expect(next).toBeGreaterThan(now);
      expect(bucketStart(policy, bucket)).toBe(bucket);
      expect(bucketStart(policy, next)).toBe(next);
      expect(bucketStart(policy, next - 1)).toBe(bucket);
      expect(nextDayStart(policy, now)).toBeGreaterThanOrEqual(next);

      let parts = 1;
      for (let part = day; firstBucketFrom(policy, part + 1) < day + policy.day; parts++)
        part = firstBucketFrom(policy, part + 1);
      expect(parts).toBeLessThanOrEqual(24);
    }),
  );
});
