// Would a mail through this use case go to this address, and if not, why not: the answer a send would get, without sending.
// Only suppressions are looked at; DNS, pauses and capacity have their own answers.
import { canonicalAddress } from "../email/address.ts";
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { EmailStore } from "../ports/email-store.ts";
import { err, ok, type Result } from "../result.ts";
import { explainSend, type SendExplanation } from "./explain-send.ts";

export type ExplainSuppressionPorts = { readonly emails: EmailStore; readonly clock: Clock };
export type ExplainSuppression = {
  readonly workspaceId: Id;
  readonly useCaseId: Id;
  readonly address: string;
};

export async function explainSuppression(
  { emails, clock }: ExplainSuppressionPorts,
  { workspaceId, useCaseId, address }: ExplainSuppression,
): Promise<Result<SendExplanation, { readonly kind: "use_case_not_found" }>> {
  const now = clock.now();
  const recipient = canonicalAddress(address);
  const question = { workspaceId, useCaseId, recipient, idempotencyKey: null, inReplyToId: null };
  const context = await emails.sendContext(question, now);
  if (!context.useCase) return err({ kind: "use_case_not_found" });
  return ok(explainSend(context.suppressions, { answersHumanMailAt: null, now }));
}
