// A mail that the provider took in for us and laid into its bucket: what its notification said. The hook stores it and
// answers; fetching and reading are a task.
import type { Id } from "../ids.ts";
import type { MessageFields } from "./parsed-message.ts";

/** The provider's words. `DISABLED`: it does not scan. */
export const VERDICT_WORDS = ["PASS", "FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED"] as const;
export type VerdictWord = (typeof VERDICT_WORDS)[number];
export const VERDICT_KINDS = ["spam", "virus", "spf", "dkim", "dmarc"] as const;
/** Null: the provider said nothing of it. */
export type Verdicts = Readonly<Record<(typeof VERDICT_KINDS)[number], VerdictWord | null>>;

/** Where the octets lie at the provider. */
export type ObjectPlace = { readonly bucket: string; readonly key: string };

/** As it is read, before it has an id of ours. */
export type ReceivedMail = {
  /** The provider's receipt id, not the message's own. */
  readonly providerMessageId: string;
  readonly place: ObjectPlace;
  /** Of the envelope, those our receipt rule is for; not what the sender wrote into To. At most ARRIVAL_RECIPIENTS_MAX. */
  readonly recipients: readonly string[];
  /** MAIL FROM; null for the null path. */
  readonly envelopeFrom: string | null;
  readonly receivedAt: number;
  readonly verdicts: Verdicts;
  /** What the notification repeats of the header: used when the message itself cannot be read. */
  readonly fields: MessageFields;
};

/** Who told of a mail. The bucket itself does not always know whom a mail was for; a notification does. */
export const ARRIVAL_SOURCES = ["notification", "bucket"] as const;
export type ArrivalSource = (typeof ARRIVAL_SOURCES)[number];

export type Arrival = ReceivedMail & { readonly id: Id; readonly source: ArrivalSource };

/** SES's own limit of recipients in a receipt rule; a message to more of ours does not come in one transaction. */
export const ARRIVAL_RECIPIENTS_MAX = 500;
