// How much of a use case's daily capacity is left, as headers (draft-ietf-httpapi-ratelimit-headers-06): on sends, and on
// those refused for it.
import type { DailyCapacity } from "../core/email/send-email.ts";

export const rateLimitHeaders = ({
  capacity,
  used,
  resetsInSeconds,
}: DailyCapacity): Record<string, string> => ({
  "RateLimit-Limit": String(capacity),
  "RateLimit-Remaining": String(Math.max(0, capacity - used)),
  "RateLimit-Reset": String(Math.max(1, Math.ceil(resetsInSeconds))),
});
