// The states of an e-mail and the events they follow from. The names are the product's own. How a state
// follows from events is settle.ts; here is only what is known of the provider's answer to the send itself.
import { assert } from "../assert.ts";

export const EMAIL_STATES = ["sent", "delivered", "bounced", "complained", "rejected"] as const;
export type EmailState = (typeof EMAIL_STATES)[number];

/** The seven event types a caller sees. */
export const EVENT_TYPES = [
  "Reject",
  "Delivery",
  "Bounce",
  "Complaint",
  "DeliveryDelay",
  "Open",
  "Click",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What the ledger holds: also what callers never see. */
export const LEDGER_EVENT_TYPES = [...EVENT_TYPES, "Send", "RenderingFailure"] as const;
export type LedgerEventType = (typeof LEDGER_EVENT_TYPES)[number];

export const BOUNCE_TYPES = ["Permanent", "Transient", "Undetermined"] as const;
export type BounceType = (typeof BOUNCE_TYPES)[number];

/** What the row says of the provider's answer; what callers are told follows from it and the row's age. */
export const SEND_OUTCOMES = ["sending", "sent", "unknown"] as const;
export type SendOutcomeKind = (typeof SEND_OUTCOMES)[number];

/** What callers see and filter by. */
export const SHOWN_SEND_OUTCOMES = ["pending", "sent", "unknown", "refused"] as const;
export type ShownSendOutcome = (typeof SHOWN_SEND_OUTCOMES)[number];

/**
 * How long a row may be `sending` before its request must have died: the provider call may take 15 s, the rest is for
 * storing contents before it and waiting for the database after it.
 */
export const SEND_LEASE_MS = 30_000;
/** A mail the provider took leaves an event within minutes; after a day without one it was not taken. */
export const TRACE_MS = 24 * 60 * 60 * 1000;

/** Rows of an outcome whose age in ms is at least `fromAge` and less than `beforeAge`. */
export type OutcomeRows = {
  readonly sendOutcome: SendOutcomeKind;
  readonly fromAge: number;
  readonly beforeAge: number;
};

/** Clocks differ between instances: a row may seem to come from the future. */
const YOUNGEST = Number.NEGATIVE_INFINITY;
const OLDEST = Number.POSITIVE_INFINITY;

/** The rows behind each shown outcome; every row is in exactly one. A later event turns any of them into `sent`. */
export const ROWS_OF_SHOWN_OUTCOME: { readonly [Shown in ShownSendOutcome]: readonly OutcomeRows[] } = {
  pending: [{ sendOutcome: "sending", fromAge: YOUNGEST, beforeAge: SEND_LEASE_MS }],
  sent: [{ sendOutcome: "sent", fromAge: YOUNGEST, beforeAge: OLDEST }],
  unknown: [
    { sendOutcome: "unknown", fromAge: YOUNGEST, beforeAge: TRACE_MS },
    // A crash between write-ahead and answer leaves a row `sending`: it may have been sent.
    { sendOutcome: "sending", fromAge: SEND_LEASE_MS, beforeAge: TRACE_MS },
  ],
  refused: [
    { sendOutcome: "unknown", fromAge: TRACE_MS, beforeAge: OLDEST },
    { sendOutcome: "sending", fromAge: TRACE_MS, beforeAge: OLDEST },
  ],
};

/** What a caller is told of the send at `now` (ms). */
export function shownSendOutcome(
  email: { readonly sendOutcome: SendOutcomeKind; readonly writtenAt: number },
  now: number,
): ShownSendOutcome {
  const age = now - email.writtenAt;
  const shown = SHOWN_SEND_OUTCOMES.find((outcome) =>
    ROWS_OF_SHOWN_OUTCOME[outcome].some(
      (rows) => rows.sendOutcome === email.sendOutcome && age >= rows.fromAge && age < rows.beforeAge,
    ),
  );
  assert(shown !== undefined, "every row is shown as something");
  return shown;
}
