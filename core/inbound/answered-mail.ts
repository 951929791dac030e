// The received e-mail that a send answers, and what follows from answering it. Answers stay within the use case and setup
// of the conversation: what was written to one is not answered in the name of another.
import { canonicalAddress } from "../email/address.ts";
import type { Id } from "../ids.ts";
import { err, ok, type Result } from "../result.ts";
import type { EmailUseCase } from "../use-case/use-case.ts";
import type { InboundEmail } from "./inbound-email.ts";

export type ReplyRefused =
  { readonly kind: "inbound_email_not_found" } | { readonly kind: "reply_scope_mismatch" };

/** Null when the send answers nothing. Mail that came for no use case may be answered through any of its setup. */
export function answeredBy(
  { inReplyToId }: { readonly inReplyToId: Id | null },
  useCase: Pick<EmailUseCase, "id" | "setupId">,
  { inReplyTo }: { readonly inReplyTo: InboundEmail | null },
): Result<InboundEmail | null, ReplyRefused> {
  if (inReplyToId === null) return ok(null);
  if (inReplyTo === null) return err({ kind: "inbound_email_not_found" });
  const isOfUseCase = inReplyTo.useCaseId === null || inReplyTo.useCaseId === useCase.id;
  return isOfUseCase && inReplyTo.setupId === useCase.setupId
    ? ok(inReplyTo)
    : err({ kind: "reply_scope_mismatch" });
}

/**
 * When a person wrote it, to whom the answer goes; null for anybody else's and for what machines wrote. Anyone can write a
 * From: what the policy of its own domain disowns (RFC 9989) undoes nobody's unsubscribe.
 */
export function humanMailAt(answered: InboundEmail, toAddress: string): number | null {
  const { fromAddress, mailClass, receivedAt, verdicts } = answered;
  const isTheirs = fromAddress !== null && canonicalAddress(fromAddress) === canonicalAddress(toAddress);
  return mailClass === "human" && isTheirs && verdicts.dmarc !== "FAIL" ? receivedAt : null;
}
