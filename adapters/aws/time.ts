// Times as AWS writes them in notifications: ISO 8601 with a zone. Date.parse alone takes much more, differently on
// each runtime.
import { asText } from "../system/json.ts";

const AWS_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const TIME_CHARACTERS_MAX = 40;

/** Milliseconds since 1970, or null when the value is no such time: AWS is younger. */
export function parseAwsTime(value: unknown): number | null {
  const text = asText(value, TIME_CHARACTERS_MAX);
  if (text === null || !AWS_TIME.test(text)) return null;
  const ms = Date.parse(text);
  return ms >= 0 ? ms : null;
}
