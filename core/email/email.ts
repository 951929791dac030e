// An e-mail: our record of one message to one recipient, whatever became of it. The RFC 5322 text is a Message, the
// provider's name for it a providerMessageId.
import type { Id } from "../ids.ts";
import type { EmailType, Tier, UnsubscribeScope } from "../use-case/use-case.ts";
import type { BounceType, EmailState, SendOutcomeKind } from "./email-state.ts";

export type EmailAttachment = {
  readonly id: Id;
  /** As the caller named it, NFC. */
  readonly filename: string;
  /** As the caller typed it; not what a browser is told (see `safeContentType`). */
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
};

/** What follows from the ledger alone: see `settle`. */
export type SettledEmail = {
  readonly state: EmailState;
  readonly deliveredAt: number | null;
  readonly bouncedAt: number | null;
  readonly bounceType: BounceType | null;
  readonly bounceSubtype: string | null;
  readonly complainedAt: number | null;
  /** Bounces and complaints that count in the sender's rates. */
  readonly countedBounces: number;
  readonly countedComplaints: number;
  readonly rejectedAt: number | null;
  readonly deliveryDelayAt: number | null;
  readonly firstOpenAt: number | null;
  readonly lastOpenAt: number | null;
  readonly openCount: number;
  readonly machineOpenCount: number;
  readonly firstClickAt: number | null;
  readonly lastClickAt: number | null;
  readonly clickCount: number;
  readonly machineClickCount: number;
};

/** The row written ahead of the provider call. */
export type NewEmail = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly setupId: Id;
  readonly useCaseId: Id;
  readonly fromAddress: string;
  /** As it is sent: local part as given, domain in A-labels. Filters compare `canonicalAddress` of both sides. */
  readonly toAddress: string;
  readonly subject: string;
  readonly emailType: EmailType;
  readonly tier: Tier;
  /** The use case's at this moment: what one click in this very mail means, whatever is changed later. */
  readonly unsubscribeScope: UnsubscribeScope;
  /** The received e-mail that this one answers; its thread is this one's. */
  readonly inReplyToId: Id | null;
  /** The ids of its References, bare. */
  readonly references: readonly string[];
  /** When a human wrote the mail that this one answers; null when it answers none. It is not stored. */
  readonly answersHumanMailAt: number | null;
  readonly attachments: readonly EmailAttachment[];
  readonly writtenAt: number;
  /** Where it counts, see `cohortOf`: the start of a part of the sending day; null: in nothing. It never changes. */
  readonly cohortAt: number | null;
};

export type EmailSummary = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly useCaseId: Id;
  readonly setupId: Id;
  readonly fromAddress: string;
  readonly toAddress: string;
  readonly subject: string;
  readonly hasAttachment: boolean;
  readonly sendOutcome: SendOutcomeKind;
  readonly writtenAt: number;
  readonly sentAt: number | null;
  readonly state: EmailState;
  readonly openCount: number;
  readonly clickCount: number;
};

export type Email = EmailSummary &
  SettledEmail & {
    readonly providerMessageId: string | null;
    readonly emailType: EmailType;
    readonly tier: Tier;
    readonly attachments: readonly EmailAttachment[];
    /** The id of the thread's first message, its own when it began the thread. */
    readonly threadId: Id;
    readonly inReplyToId: Id | null;
    readonly updatedAt: number;
  };
