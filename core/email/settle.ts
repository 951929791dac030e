// How an e-mail follows from the set of its events: state, first and last times, bounce classification and counts.
// The rule is the three tables below. `settle` reads them for events in memory, and
// adapters/libsql/fold.ts builds its SQL from the same tables; a property holds the two against each other.
// Not decided here: which mail an event belongs to, and whether the provider took the mail at all.
import type { BounceType, EmailState, EventType } from "./email-state.ts";
import type { SettledEmail } from "./email.ts";
import type { MailEvent } from "./mail-event.ts";

type ComparedMember =
  "bounceType" | "bounceSubtype" | "complaintFeedbackType" | "complaintSubtype" | "isLikelyBot";
/** Members an event must have, to the letter, or one of several; a member that is not named may be anything. */
export type EventMembers = {
  readonly [Member in ComparedMember]?: MailEvent[Member] | readonly MailEvent[Member][];
};

/** When an event counts. */
export type EventCondition = {
  readonly type: EventType;
  readonly having?: EventMembers;
  /** Such events do not count after all, where `besides` is named only when the mail has an event of that type too. */
  readonly unless?: readonly { readonly having: EventMembers; readonly besides?: EventType }[];
};

/** The provider did not even try: it says nothing new about the address, and nothing about the sender. */
export const NOT_TRIED = [
  "Suppressed",
  "OnAccountSuppressionList",
  "OnTenantSuppressionList",
  "EmailValidationSuppressed",
] as const;

// RFC 6430: `not-spam` is a recipient who took the message out of the spam folder.
const NO_COMPLAINT = { having: { complaintFeedbackType: "not-spam" } } as const;
// An out-of-office reply of a mailbox that took the mail comes back as this bounce, before or after the delivery.
const NO_BOUNCE = {
  having: { bounceType: "Transient", bounceSubtype: "General" },
  besides: "Delivery",
} as const;

export const EVENT_CONDITIONS = {
  complaint: { type: "Complaint", unless: [NO_COMPLAINT] },
  bounce: { type: "Bounce", unless: [NO_BOUNCE] },
  /** These two count in the sender's rates. */
  countedComplaint: {
    type: "Complaint",
    unless: [NO_COMPLAINT, { having: { complaintSubtype: NOT_TRIED } }],
  },
  countedBounce: { type: "Bounce", unless: [NO_BOUNCE, { having: { bounceSubtype: NOT_TRIED } }] },
  rejection: { type: "Reject" },
  delivery: { type: "Delivery" },
  delay: { type: "DeliveryDelay" },
  open: { type: "Open" },
  machineOpen: { type: "Open", having: { isLikelyBot: true } },
  click: { type: "Click" },
  machineClick: { type: "Click", having: { isLikelyBot: true } },
} as const satisfies Readonly<Record<string, EventCondition>>;
export type CountedAs = keyof typeof EVENT_CONDITIONS;

/** The first of these that has happened is the state; `sent` when none has. */
export const STATE_PRECEDENCE: readonly { readonly state: EmailState; readonly after: CountedAs }[] = [
  { state: "complained", after: "complaint" },
  { state: "bounced", after: "bounce" },
  { state: "rejected", after: "rejection" },
  { state: "delivered", after: "delivery" },
];
export const STATE_BEFORE_EVENTS: EmailState = "sent";

/**
 * Worst first; null is a bounce without a type. Undetermined comes before Transient: it does not rule out that the
 * address is gone. Of equally severe bounces the earliest describes the mail, then the one with the least natural key.
 */
export const BOUNCE_SEVERITY: readonly (BounceType | null)[] = [
  "Permanent",
  "Undetermined",
  "Transient",
  null,
];

/** How a member follows from the events that count as `of`. */
export type Derivation = { readonly of: CountedAs } & (
  | { readonly take: "first" | "last" | "count" }
  | { readonly take: "of_worst"; readonly member: "bounceType" | "bounceSubtype" }
);
export type DerivedMember = Exclude<keyof SettledEmail, "state">;

export const DERIVATIONS: { readonly [Member in DerivedMember]: Derivation } = {
  deliveredAt: { take: "first", of: "delivery" },
  bouncedAt: { take: "first", of: "bounce" },
  bounceType: { take: "of_worst", of: "bounce", member: "bounceType" },
  bounceSubtype: { take: "of_worst", of: "bounce", member: "bounceSubtype" },
  complainedAt: { take: "first", of: "complaint" },
  countedBounces: { take: "count", of: "countedBounce" },
  countedComplaints: { take: "count", of: "countedComplaint" },
  rejectedAt: { take: "first", of: "rejection" },
  deliveryDelayAt: { take: "last", of: "delay" },
  firstOpenAt: { take: "first", of: "open" },
  lastOpenAt: { take: "last", of: "open" },
  openCount: { take: "count", of: "open" },
  machineOpenCount: { take: "count", of: "machineOpen" },
  firstClickAt: { take: "first", of: "click" },
  lastClickAt: { take: "last", of: "click" },
  clickCount: { take: "count", of: "click" },
  machineClickCount: { take: "count", of: "machineClick" },
};

/** What the events of one mail come to, in whatever order and however often they came: copies share a natural key. */
export function settle(events: readonly MailEvent[]): SettledEmail {
  const ledger = [...new Map(events.map((event) => [event.naturalKey, event])).values()];
  const counting = (as: CountedAs): MailEvent[] =>
    ledger.filter((event) => counts(event, EVENT_CONDITIONS[as], ledger));
  const derived = Object.entries(DERIVATIONS).map(([member, how]) => [member, derive(how, counting(how.of))]);
  const reached = STATE_PRECEDENCE.find(({ after }) => counting(after).length > 0);
  // The table above has exactly the members of a SettledEmail but its state.
  return {
    state: reached?.state ?? STATE_BEFORE_EVENTS,
    ...(Object.fromEntries(derived) as Omit<SettledEmail, "state">),
  };
}

function counts(event: MailEvent, condition: EventCondition, ledger: readonly MailEvent[]): boolean {
  const { type, having = {}, unless = [] } = condition;
  if (event.type !== type || !has(event, having)) return false;
  return !unless.some(
    (exception) =>
      has(event, exception.having) &&
      (exception.besides === undefined || ledger.some((other) => other.type === exception.besides)),
  );
}

const has = (event: MailEvent, members: EventMembers): boolean =>
  Object.entries(members).every(([member, wanted]) =>
    [wanted].flat().some((value) => event[member as keyof EventMembers] === value),
  );

function derive(how: Derivation, events: readonly MailEvent[]): number | string | null {
  const times = events.map((event) => event.occurredAt).toSorted((a, b) => a - b);
  switch (how.take) {
    case "count":
      return events.length;
    case "first":
      return times[0] ?? null;
    case "last":
      return times.at(-1) ?? null;
    case "of_worst":
      return events.toSorted(worstFirst)[0]?.[how.member] ?? null;
  }
}

function worstFirst(a: MailEvent, b: MailEvent): number {
  const bySeverity = BOUNCE_SEVERITY.indexOf(a.bounceType) - BOUNCE_SEVERITY.indexOf(b.bounceType);
  return bySeverity || a.occurredAt - b.occurredAt || (a.naturalKey < b.naturalKey ? -1 : 1);
}
