// Every number that decides about reputation tiers and daily capacity, in one table. TIER_POLICY overrides members of it
// (read-tier-policy.ts). What the numbers do is in the rules beside this file; none of them holds a number of its own.

/**
 * Durations are texts: `d` is a sending day, so that a shorter `day` shortens all of them; `h`, `m`, `s` and `ms` are what
 * they are elsewhere. Members named `...Rate` are shares, `...Factor` multiply, all others are whole numbers.
 */
export const TIER_POLICY_TABLE = {
  /** The sending day. Of this length it is the UTC day. */
  day: "24h",
  /** What lies farther back counts in nothing. */
  lookBack: "366d",
  /** Smaller samples count as so large: two bounces of three mails say little. */
  samples: { sent: 200, delivered: 1_000 },
  onboarding: {
    /** A step up for each clean sending day, one back for a bad one. A day is clean when its rates would let into standard. */
    capacities: [200, 300, 450, 675, 1_000, 1_500, 2_000],
  },
  standard: {
    capacity: 50_000,
    entry: {
      sinceFirstSend: "14d",
      sendingDays: 7,
      delivered: 1_000,
      /** Below it. */
      bounceRate: 0.02,
      /** At most so many complaints, or this share of what was delivered. */
      complaintRate: 0.001,
      complaints: 1,
    },
  },
  premium: {
    capacity: 1_000_000,
    entry: { inTier: "30d", window: "30d", sent: 100_000, bounceRate: 0.01, complaintRate: 0.0003 },
    /** Back to standard: under this share of the entry's volume, or over so many times its rates. */
    exit: { volumeRate: 0.5, ratesFactor: 2 },
  },
  /** After a promotion: at least what the tier below has, at most so many times the best of the days before. */
  growth: { bestFactor: 2, window: "7d" },
  suspension: {
    slow: { window: "7d", bounceRate: 0.04, bounces: 10, complaintRate: 0.002, complaints: 3 },
    fast: { window: "1d", bounceRate: 0.08, bounces: 20, complaintRate: 0.005, complaints: 5 },
    /** So many times those rates while suspended, and sending stops. */
    stopFactor: 2,
    capacityMax: 2_000,
    /** How long the first one lasts, the second, ...; a further one within `offencesWithin` waits for the operator. */
    lasts: ["7d", "30d"],
    offencesWithin: "180d",
  },
};

/** The table with its durations in ms. */
type Resolved<Member> = Member extends string | number
  ? number
  : Member extends readonly (infer Item)[]
    ? readonly Resolved<Item>[]
    : { readonly [Name in keyof Member]: Resolved<Member[Name]> };
export type TierPolicy = Resolved<typeof TIER_POLICY_TABLE>;
