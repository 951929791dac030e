// Which mail counts as what. `countsOf` reads the tables below for a mail in memory, and the counters of
// adapters/libsql are built from the same tables; a property holds the two against each other. A mail's counts lie in its
// cohort, the part of the sending day in which it was written: a bounce on Thursday of Monday's mail counts on Monday.
import { domainOf } from "../email/address.ts";
import type { SendOutcomeKind } from "../email/email-state.ts";
import type { SettledEmail } from "../email/email.ts";
import { bucketStart } from "./sending-time.ts";
import type { TierPolicy } from "./tier-policy.ts";

/** `taken`: of the daily capacity, also by mails of which nobody knows whether they were sent. */
export const COUNTERS = ["taken", "sent", "delivered", "bounced", "complained"] as const;
export type Counter = (typeof COUNTERS)[number];
export type MailCounts = { readonly [Name in Counter]: number };

/** The counts of the mails written in one part of a day, or in one day. */
export type Cohort = MailCounts & { readonly startsAt: number };

type CountingMember = keyof Pick<
  SettledEmail,
  "deliveredAt" | "bouncedAt" | "complainedAt" | "countedBounces" | "countedComplaints"
>;

/** When a mail counts, beside what NOT_COUNTED says. A member is there when it is neither null nor 0. */
export const COUNTED_WHEN: {
  readonly [Name in Counter]: { readonly sendOutcome?: SendOutcomeKind; readonly isThere?: CountingMember };
} = {
  taken: {},
  sent: { sendOutcome: "sent" },
  delivered: { isThere: "deliveredAt" },
  bounced: { isThere: "countedBounces" },
  complained: { isThere: "countedComplaints" },
};

/** A mail counts as nothing when one of the first is there and none of the others: the provider did not even try. */
export const NOT_COUNTED = {
  isThere: ["bouncedAt", "complainedAt"],
  isAbsent: ["countedBounces", "countedComplaints"],
} as const satisfies Readonly<Record<string, readonly CountingMember[]>>;

/** Amazon SES "Using the mailbox simulator": mail to it counts in no rate and in no quota. */
const SIMULATOR_DOMAIN = "simulator.amazonses.com";

/** Where a mail written now counts; null: in nothing, and it takes no capacity. */
export const cohortOf = (policy: TierPolicy, toAddress: string, now: number): number | null =>
  domainOf(toAddress).toLowerCase() === SIMULATOR_DOMAIN ? null : bucketStart(policy, now);

export type CountableMail = Pick<SettledEmail, CountingMember> & {
  readonly sendOutcome: SendOutcomeKind;
  readonly cohortAt: number | null;
};

/** What one mail adds to the counters of its cohort: 0 or 1 each. */
export function countsOf(mail: CountableMail): MailCounts {
  const isThere = (member: CountingMember): boolean => mail[member] !== null && mail[member] !== 0;
  const counts =
    mail.cohortAt !== null && !(NOT_COUNTED.isThere.some(isThere) && !NOT_COUNTED.isAbsent.some(isThere));
  const countsAs = (name: Counter): number => {
    const { sendOutcome = mail.sendOutcome, isThere: member } = COUNTED_WHEN[name];
    return Number(counts && sendOutcome === mail.sendOutcome && (member === undefined || isThere(member)));
  };
  return countsFrom(countsAs);
}

export const NO_COUNTS: MailCounts = countsFrom(() => 0);

/** The sum of cohorts. */
export const sumOf = (cohorts: readonly MailCounts[]): MailCounts =>
  countsFrom((name) => cohorts.reduce((sum, cohort) => sum + cohort[name], 0));

function countsFrom(count: (name: Counter) => number): MailCounts {
  return {
    taken: count("taken"),
    sent: count("sent"),
    delivered: count("delivered"),
    bounced: count("bounced"),
    complained: count("complained"),
  };
}
