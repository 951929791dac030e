// Which receipt rules a mail meets. SES: "Recipients" in "Creating receipt rules". Only for verified domains and what is
// below them; an address that no enabled rule of the active set matches is refused while the sender still waits.
import type { ReceiptRule, ReceiptRuleSetRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { judgeIdentity } from "./identity-status.ts";

export const RECEIVING_RECORD_ID = "receiving";

/** The set in force; null: none is. */
export function activeRuleSet({ records }: Sandbox): ReceiptRuleSetRecord | null {
  const name = records.receiving.get(RECEIVING_RECORD_ID)?.activeRuleSet ?? null;
  return name === null ? null : records.receiptRuleSets.get(name);
}

/** A rule, and those of the recipients it is for. */
export type MatchedRule = { readonly rule: ReceiptRule; readonly recipients: readonly string[] };

/** In their order, to the first one that stops the others. */
export function matchingRules(sandbox: Sandbox, recipients: readonly string[]): readonly MatchedRule[] {
  const ours = recipients.filter((address) => isReceivedFor(sandbox, domainOf(address)));
  const matched: MatchedRule[] = [];
  for (const rule of activeRuleSet(sandbox)?.rules ?? []) {
    const matching = rule.enabled ? ours.filter((address) => isFor(rule, address)) : [];
    if (matching.length === 0) continue;
    matched.push({ rule, recipients: matching });
    if (rule.actions.some(({ kind }) => kind === "StopAction")) break;
  }
  return matched;
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1).toLowerCase();

function isReceivedFor(sandbox: Sandbox, domain: string): boolean {
  const labels = domain.split(".");
  return labels.some((_, index) => {
    const identity = sandbox.records.identities.get(labels.slice(index).join("."));
    return identity !== null && judgeIdentity(sandbox, identity).isVerified;
  });
}

/** `user@d` also with a label, `d` without what is below it, `.d` for that alone. */
function isFor(rule: ReceiptRule, address: string): boolean {
  const lower = address.toLowerCase();
  const domain = domainOf(address);
  const withoutLabel = lower.replace(/\+[^@]*@/, "@");
  return (
    rule.recipients.length === 0 ||
    rule.recipients.some((written) => {
      const one = written.toLowerCase();
      if (one.startsWith(".")) return domain.endsWith(one);
      return one === domain || one === lower || one === withoutLabel;
    })
  );
}
