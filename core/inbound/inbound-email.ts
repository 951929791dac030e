// An e-mail we received: one for each setup it was addressed to. Which thread it belongs to is decided in core/threading.
import type { Id } from "../ids.ts";
import type { Verdicts } from "./arrival.ts";
import type { MailClass } from "./mail-class.ts";
import type { ParseStatus } from "./parsed-message.ts";

export const MATCHES = ["in_reply_to", "references", "recipient", "none"] as const;
/** By what its use case was found. */
export type MatchedBy = (typeof MATCHES)[number];

export type InboundAttachment = {
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly contentId: string | null;
  readonly isInline: boolean;
};

export type InboundSummary = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly setupId: Id;
  readonly useCaseId: Id | null;
  readonly fromAddress: string | null;
  /** Its envelope recipients at the setup's domain. */
  readonly toAddresses: readonly string[];
  readonly subject: string;
  readonly receivedAt: number;
  readonly mailClass: MailClass;
  /** The id of the thread's first message. */
  readonly threadId: Id;
  /** Of an e-mail sent or received. */
  readonly parentEmailId: Id | null;
  readonly matchedBy: MatchedBy;
  /** Inline files do not count. */
  readonly hasAttachment: boolean;
};

export type InboundEmail = InboundSummary & {
  /** Header ids are bare, as written. */
  readonly messageId: string | null;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  /**
   * The ids before its own, oldest first, as far as they are known here: its References, or what we know of its parent
   * where the sender's program stripped them. A reply's References are these and its message id.
   */
  readonly chain: readonly string[];
  /** In document order, inline ones among them. */
  readonly files: readonly InboundAttachment[];
  readonly verdicts: Verdicts;
  readonly knownSender: boolean;
  readonly parseStatus: ParseStatus;
  /** Of the raw message; null when it could not be kept. */
  readonly rawSizeBytes: number | null;
  readonly hasHtml: boolean;
  readonly hasText: boolean;
};
