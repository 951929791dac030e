// SPF records as far as a setup needs them: is there exactly one at a name, and does it authorise Amazon SES. RFC 7208.
// Nested includes are not followed: SES asks for the mechanism in the record itself.
import { normaliseHost } from "./mx.ts";

/** The zone whose SPF policy authorises Amazon SES's servers. */
export const SES_SPF_DOMAIN = "amazonses.com";

/** RFC 7208 section 4.5: the version, and then a blank or the end; `v=spf10` is none. */
export const isSpfRecord = (text: string): boolean => /^v=spf1(?: |$)/i.test(text);

/** Whether mail from the included domain's servers passes. Mechanisms in any order, but none after `all`. */
export function spfIncludes(record: string, domain: string): boolean {
  const terms = record
    .trim()
    .split(/ +/)
    .slice(1)
    .map((term) => term.toLowerCase());
  const all = terms.findIndex((term) => /^[-+?~]?all$/.test(term));
  // RFC 7208 section 5.1: what is listed after `all` is never tested.
  const tested = all === -1 ? terms : terms.slice(0, all);
  // RFC 7208 section 4.6.2: no qualifier means +; under any other one a match does not pass.
  return tested.some((term) => {
    const included = /^\+?include:(.+)$/.exec(term)?.[1];
    return included !== undefined && normaliseHost(included) === domain;
  });
}
