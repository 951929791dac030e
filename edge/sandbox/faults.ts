// The troubles the sandbox is told to make: slow, throttled, failing or silent provider calls; doubled, reordered, late
// or lost notifications; resolvers that do not answer. Kept in the store, so that a restart goes on misbehaving.
import { z } from "zod";

import type { Store } from "./store.ts";

/** Longest delay one can ask for: beyond the longest budget of any caller (25 s) nothing new is learnt. */
const DELAY_MS_MAX = 60_000;
const TIMES_MAX = 1_000_000;
const RULES_MAX = 100;
const COPIES_MAX = 10;

const failRule = z.strictObject({
  /** As the provider names it (`SendEmail`, `PutObject`, `Subscribe`), or `*`. */
  operation: z.string().min(1),
  /** What is answered; `timeout` accepts the connection and never answers. */
  status: z.union([z.int().min(400).max(599), z.literal("timeout")]),
  /** How many calls of the operation fail. */
  times: z.int().min(1).max(TIMES_MAX).default(1),
  /** The call takes effect before it fails. */
  after_accept: z.boolean().default(false),
  /** The provider's error name and text, instead of the usual ones for the status. */
  error: z.string().min(1).optional(),
  message: z.string().optional(),
});
export type FailRule = z.infer<typeof failRule>;

const callFaults = z.strictObject({
  latency_ms: z.int().min(0).max(DELAY_MS_MAX).optional(),
  /** More calls in a second are answered 429. SES allows 1, SendEmail apart; Twilio says no figure. */
  throttle_per_second: z.number().positive().max(1_000_000).optional(),
  fail: z.union([failRule, z.array(failRule).max(RULES_MAX)]).optional(),
});

/** Twilio's errors are numbers. */
const twilioFailRule = failRule.extend({
  error: z
    .string()
    .regex(/^\d{5}$/, "is no error code of Twilio")
    .optional(),
});
const twilioFaults = callFaults.extend({
  fail: z.union([twilioFailRule, z.array(twilioFailRule).max(RULES_MAX)]).optional(),
});

/** True is one more copy, or every notification; a number counts them. */
const notificationFaults = callFaults.omit({ throttle_per_second: true }).extend({
  duplicate: z.union([z.boolean(), z.int().min(0).max(COPIES_MAX)]).optional(),
  reorder: z.boolean().optional(),
  delay_ms: z.int().min(0).max(DELAY_MS_MAX).optional(),
  drop: z.union([z.boolean(), z.int().min(0).max(TIMES_MAX)]).optional(),
});

/** True is every name; a list is these names and what is below them. */
const namesAffected = z.union([z.boolean(), z.array(z.string().min(1)).max(RULES_MAX)]);
const dnsFaults = z.strictObject({
  latency_ms: z.int().min(0).max(DELAY_MS_MAX).optional(),
  servfail: namesAffected.optional(),
  timeout: namesAffected.optional(),
  /** Only this one of the two resolvers. */
  resolver: z.union([z.literal(1), z.literal(2)]).optional(),
});

export const faultSettings = z.strictObject({
  ses: callFaults.optional(),
  sns: notificationFaults.optional(),
  s3: callFaults.omit({ throttle_per_second: true }).optional(),
  dns: dnsFaults.optional(),
  twilio: twilioFaults.optional(),
});
type FaultSettings = z.infer<typeof faultSettings>;
export type FaultyService = "ses" | "sns" | "s3" | "twilio";
/** The services that count the calls of a second. */
type ThrottlingService = "ses" | "twilio";
type Bucket = { readonly tokens: number; readonly filledAt: number };

export type Faults = {
  settings(): FaultSettings;
  replace(settings: FaultSettings): void;
  /** The rule that this call must fail by, counted down; null when it may succeed. */
  takeFailure(service: FaultyService, operation: string): FailRule | null;
  latencyMs(service: FaultyService | "dns"): number;
  /** True if one more call now is within `throttle_per_second`. */
  admits(service: FaultyService, operation: string, now: number): boolean;
  /** True if this notification is to be lost, counted down. */
  takeDrop(): boolean;
  dnsTrouble(name: string, resolver: 1 | 2): "servfail" | "timeout" | null;
};

const SETTINGS_ID = "faults";

export function makeFaults(store: Store): Faults {
  const documents = store.collection<FaultSettings>("setting");
  let settings = documents.get(SETTINGS_ID) ?? {};
  const buckets = new Map<ThrottlingService, Bucket>();
  const replace = (next: FaultSettings): void => {
    settings = next;
    documents.put(SETTINGS_ID, next);
  };
  return {
    settings: () => settings,
    replace(next) {
      buckets.clear();
      replace(next);
    },
    takeFailure(service, operation) {
      const rules = [settings[service]?.fail ?? []].flat();
      const rule = rules.find((one) => one.operation === operation || one.operation === "*");
      if (rule === undefined) return null;
      const left = rules.flatMap((one) => countDown(one, one === rule));
      replace({ ...settings, [service]: { ...settings[service], fail: left } });
      return rule;
    },
    latencyMs: (service) => settings[service]?.latency_ms ?? 0,
    admits(service, operation, now) {
      if ((service !== "ses" && service !== "twilio") || operation === "SendEmail") return true;
      const perSecond = settings[service]?.throttle_per_second;
      if (perSecond === undefined) return true;
      const size = Math.max(1, perSecond);
      const { tokens: left, filledAt } = buckets.get(service) ?? { tokens: size, filledAt: now };
      const tokens = Math.min(size, left + ((now - filledAt) / 1000) * perSecond);
      buckets.set(service, { tokens: tokens >= 1 ? tokens - 1 : tokens, filledAt: now });
      return tokens >= 1;
    },
    takeDrop() {
      const drop = settings.sns?.drop ?? false;
      if (typeof drop === "boolean") return drop;
      if (drop > 0) replace({ ...settings, sns: { ...settings.sns, drop: drop - 1 } });
      return drop > 0;
    },
    dnsTrouble(name, resolver) {
      const dns = settings.dns;
      if (dns === undefined || (dns.resolver !== undefined && dns.resolver !== resolver)) return null;
      if (affects(dns.timeout, name)) return "timeout";
      return affects(dns.servfail, name) ? "servfail" : null;
    },
  };
}

const countDown = (rule: FailRule, isTaken: boolean): FailRule[] => {
  if (!isTaken) return [rule];
  return rule.times > 1 ? [{ ...rule, times: rule.times - 1 }] : [];
};

const affects = (names: boolean | string[] | undefined, name: string): boolean =>
  Array.isArray(names)
    ? names.some((one) => name === one.toLowerCase() || name.endsWith(`.${one.toLowerCase()}`))
    : names === true;
