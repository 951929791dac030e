// Which events found a suppression, and until when it lasts: a function of the set of an address's mails, their events and
// the lifts, so that order and repetition cannot matter and `rebuild` finds what was there. It always holds for the setup,
// the unit whose reputation suffers. `suppressionsFounded` reads the tables below for mails in memory, and
// adapters/libsql/suppression-fold.ts builds its SQL from them; a property holds the two against each other.
import type { BounceType, EmailState } from "../email/email-state.ts";
import type { SettledEmail } from "../email/email.ts";
import type { MailEvent } from "../email/mail-event.ts";
import { NOT_TRIED, settle } from "../email/settle.ts";
import type { Id } from "../ids.ts";

/** How an event has to be to found a suppression by itself. */
export type FoundingEvent = {
  readonly type: "Complaint" | "Bounce";
  readonly bounceType: BounceType | null;
  readonly unless: readonly {
    readonly member: "bounceSubtype" | "complaintSubtype" | "complaintFeedbackType";
    readonly words: readonly string[];
  }[];
};

export const FOUNDING_EVENTS = {
  complaint: {
    type: "Complaint",
    bounceType: null,
    unless: [
      // RFC 6430: the recipient took the message out of the spam folder.
      { member: "complaintFeedbackType", words: ["not-spam"] },
      { member: "complaintSubtype", words: NOT_TRIED },
    ],
  },
  hard_bounce: {
    type: "Bounce",
    bounceType: "Permanent",
    unless: [{ member: "bounceSubtype", words: NOT_TRIED }],
  },
} as const satisfies Readonly<Record<string, FoundingEvent>>;
export type FoundingReason = keyof typeof FOUNDING_EVENTS;

/** A mail can hold a founding event only in one of these states. */
export const TROUBLED_STATES = ["complained", "bounced"] as const satisfies readonly EmailState[];

/**
 * The last three mails to an address all came back softly: the mailbox is full or gone, and each further try costs
 * reputation. Not MessageTooLarge, ContentRejected or AttachmentRejected, which are about the message.
 */
export const SOFT_BOUNCE_STREAK = {
  state: "bounced",
  bounceType: "Transient",
  bounceSubtypes: ["MailboxFull", "General", "CustomTimeoutExceeded"],
  lastsMs: 7 * 24 * 60 * 60 * 1000,
} as const;
/** Mails of which something is known. One on its way, or rejected for its contents, says nothing about the address. */
export const OUTCOME_STATES = ["delivered", "bounced", "complained"] as const satisfies readonly EmailState[];

export type EventBornReason = FoundingReason | "soft_bounce";
export const EVENT_BORN_REASONS = [
  "complaint",
  "hard_bounce",
  "soft_bounce",
] as const satisfies readonly EventBornReason[];

/** A mail to the address, known to be sent. */
export type MailHistory = { readonly emailId: Id; readonly events: readonly MailEvent[] };
/** When each reason was last lifted; nothing that happened until then counts any more. */
export type Lifts = { readonly [Reason in EventBornReason]?: number };

export type FoundedSuppression = {
  readonly reason: EventBornReason;
  readonly since: number;
  readonly expiresAt: number | null;
  readonly sourceEmailId: Id;
};

/** The suppressions of one address in one setup. `mails`: all to that address, in the order they were sent. */
export function suppressionsFounded(
  mails: readonly MailHistory[],
  lifts: Lifts,
): readonly FoundedSuppression[] {
  const founded = (Object.keys(FOUNDING_EVENTS) as FoundingReason[]).map((reason) =>
    foundedByEvent(reason, mails, lifts[reason]),
  );
  return [...founded, foundedByStreak(mails, lifts.soft_bounce)].filter((one) => one !== null);
}

function foundedByEvent(
  reason: FoundingReason,
  mails: readonly MailHistory[],
  liftedAt = Number.NEGATIVE_INFINITY,
): FoundedSuppression | null {
  const [first] = mails
    .flatMap(({ emailId, events }) => events.map((event) => ({ emailId, event })))
    .filter(({ event }) => founds(event, FOUNDING_EVENTS[reason]) && event.occurredAt > liftedAt)
    .toSorted(
      ({ event: a }, { event: b }) => a.occurredAt - b.occurredAt || (a.naturalKey < b.naturalKey ? -1 : 1),
    );
  if (!first) return null;
  return { reason, since: first.event.occurredAt, expiresAt: null, sourceEmailId: first.emailId };
}

const founds = (event: MailEvent, { type, bounceType, unless }: FoundingEvent): boolean =>
  event.type === type &&
  event.bounceType === bounceType &&
  !unless.some(({ member, words }) => words.some((word) => word === event[member]));

function foundedByStreak(
  mails: readonly MailHistory[],
  liftedAt = Number.NEGATIVE_INFINITY,
): FoundedSuppression | null {
  const settled = mails
    .map(({ emailId, events }) => ({ emailId, ...settle(events) }))
    .filter(({ state }) => OUTCOME_STATES.some((outcome) => outcome === state));
  const [newest, second, third] = settled.toReversed();
  if (!newest || !second || !third) return null;
  const bouncedAt = [newest, second, third].map((mail) => softlyBouncedAt(mail) ?? liftedAt);
  if (bouncedAt.some((at) => at <= liftedAt)) return null;
  const since = Math.max(...bouncedAt);
  return {
    reason: "soft_bounce",
    since,
    expiresAt: since + SOFT_BOUNCE_STREAK.lastsMs,
    sourceEmailId: newest.emailId,
  };
}

function softlyBouncedAt({ state, bounceType, bounceSubtype, bouncedAt }: SettledEmail): number | null {
  const { bounceSubtypes } = SOFT_BOUNCE_STREAK;
  const isSoft =
    state === SOFT_BOUNCE_STREAK.state &&
    bounceType === SOFT_BOUNCE_STREAK.bounceType &&
    bounceSubtypes.some((subtype) => subtype === bounceSubtype);
  return isSoft ? bouncedAt : null;
}
