// Whether suppressions let a mail go out, and by which rule. The one place that decides: a send asks it before it writes,
// `explain` shows its answer. The write itself is guarded by the same rule in SQL, built from the same table, because
// someone may unsubscribe between the reading and the writing.
import {
  REASON_RULES,
  type Suppression,
  SUPPRESSION_REASONS,
  type SuppressionReason,
} from "./suppression.ts";

/** Why a mail may be sent, or the reason of the suppression that stops it. */
export const SEND_RULES = ["not_suppressed", "answers_newer_mail", ...SUPPRESSION_REASONS] as const;

export type SendExplanation =
  | { readonly wouldSend: true; readonly rule: "not_suppressed"; readonly suppression: null }
  /** The unsubscribe that the mail goes past. */
  | { readonly wouldSend: true; readonly rule: "answers_newer_mail"; readonly suppression: Suppression }
  | { readonly wouldSend: false; readonly rule: SuppressionReason; readonly suppression: Suppression };

export type SendMoment = {
  /** When a human wrote the mail that this one answers; null when it answers none. */
  readonly answersHumanMailAt: number | null;
  readonly now: number;
};

/** `suppressions`: of the recipient, in the scopes the mail falls into. Expired ones count for nothing. */
export function explainSend(suppressions: readonly Suppression[], moment: SendMoment): SendExplanation {
  const inForce = suppressions.filter(({ expiresAt }) => expiresAt === null || expiresAt > moment.now);
  const ranked = inForce.toSorted(firstToTell);
  const stopping = ranked.find((suppression) => !yields(suppression, moment));
  if (stopping) return { wouldSend: false, rule: stopping.reason, suppression: stopping };
  const [passed] = ranked;
  return passed
    ? { wouldSend: true, rule: "answers_newer_mail", suppression: passed }
    : { wouldSend: true, rule: "not_suppressed", suppression: null };
}

const yields = ({ reason, lastAt }: Suppression, { answersHumanMailAt }: SendMoment): boolean =>
  REASON_RULES[reason].yieldsToNewerHumanMail && answersHumanMailAt !== null && lastAt < answersHumanMailAt;

/** By reason, the wider scope before the narrower one, then the older. */
function firstToTell(a: Suppression, b: Suppression): number {
  const byReason = SUPPRESSION_REASONS.indexOf(a.reason) - SUPPRESSION_REASONS.indexOf(b.reason);
  const byScope = Number(a.scope === "use_case") - Number(b.scope === "use_case");
  return byReason || byScope || a.since - b.since;
}
