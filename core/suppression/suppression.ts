// A suppression: mail from a use case, or from a whole setup, that an address is not to get, and why. What each reason
// means is the table below; the SQL that guards a send (adapters/libsql/suppression-reach.ts) is built from it. Which events
// make suppressions is founding.ts, whether a mail may be sent despite one is explain-send.ts.
import type { Id } from "../ids.ts";
import type { UnsubscribeScope } from "../use-case/use-case.ts";

/** Of several that stop a mail the first named here is told: the one that is hardest to lift. */
export const SUPPRESSION_REASONS = [
  "complaint",
  "hard_bounce",
  "unsubscribe",
  "manual",
  "soft_bounce",
] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export type ReasonRule = {
  /** A reply to what a person wrote after it is not stopped by it. */
  readonly yieldsToNewerHumanMail: boolean;
  /** Who lifts it: whoever may delete channels, the same but saying so twice, or the operator alone. */
  readonly liftedBy: "workspace" | "confirmed_workspace" | "operator";
  /** Where it holds for a setup, the provider's own list for the setup's tenant holds it too. */
  readonly isOnProviderList: boolean;
};

export const REASON_RULES: { readonly [Reason in SuppressionReason]: ReasonRule } = {
  complaint: { yieldsToNewerHumanMail: false, liftedBy: "operator", isOnProviderList: true },
  hard_bounce: { yieldsToNewerHumanMail: false, liftedBy: "workspace", isOnProviderList: true },
  // Whoever opted out of a campaign and then writes to the business wants to be answered.
  unsubscribe: { yieldsToNewerHumanMail: true, liftedBy: "confirmed_workspace", isOnProviderList: false },
  manual: { yieldsToNewerHumanMail: false, liftedBy: "workspace", isOnProviderList: true },
  soft_bounce: { yieldsToNewerHumanMail: false, liftedBy: "workspace", isOnProviderList: false },
};

/** One in force: there is at most one for a scope, an address and a reason. */
export type Suppression = {
  readonly id: Id;
  /** Whose it is: the use case's, or the owner's of the setup. */
  readonly workspaceId: Id;
  readonly scope: UnsubscribeScope;
  readonly setupId: Id;
  /** Null when it holds for the whole setup. */
  readonly useCaseId: Id | null;
  /** `canonicalAddress` of the address we mailed, or were told. */
  readonly address: string;
  readonly reason: SuppressionReason;
  readonly since: number;
  /** When it was last asked for, or its newest event happened: a person may unsubscribe again, or complain. */
  readonly lastAt: number;
  readonly expiresAt: number | null;
  /** The mail it came of; null when it was added by hand. */
  readonly sourceEmailId: Id | null;
};
