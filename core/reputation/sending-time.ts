// The sending day and its parts. A mail belongs to the part of the day in which it was written, for ever: whatever becomes
// of it counts there. Days are counted from 1970, so that one of 24 hours is the UTC day.
import type { TierPolicy } from "./tier-policy.ts";

type DayLength = Pick<TierPolicy, "day">;

/** Hours, of a day of the usual length: fine enough for a window of a day that slides. */
const BUCKETS_A_DAY = 24;

export const dayStart = ({ day }: DayLength, at: number): number => Math.floor(at / day) * day;
export const nextDayStart = (policy: DayLength, at: number): number => dayStart(policy, at) + policy.day;

const bucketMs = ({ day }: DayLength): number => Math.ceil(day / BUCKETS_A_DAY);

/** When the part of the day began. The last part of a day is shorter where they do not divide it evenly. */
export function bucketStart(policy: DayLength, at: number): number {
  const start = dayStart(policy, at);
  return start + Math.floor((at - start) / bucketMs(policy)) * bucketMs(policy);
}

/** The first one that has nothing in it from before `at`. */
export function firstBucketFrom(policy: DayLength, at: number): number {
  const start = bucketStart(policy, at);
  return start === at ? at : Math.min(start + bucketMs(policy), nextDayStart(policy, at));
}

/** Where a window of this length begins that ends with the part of the day in which `now` lies. */
export const windowStart = (policy: DayLength, windowMs: number, now: number): number =>
  bucketStart(policy, now) + bucketMs(policy) - windowMs;
