// Which pool of addresses at the provider a use case's mail leaves through. Transactional and marketing mail never share
// one, nor do tiers. Where the account has no pools of ours, and for suspended use cases, it is the shared ones.
import type { EmailType, Tier } from "./use-case.ts";

export const POOL_MODES = ["managed", "none"] as const;
/** Whether the account holds one dedicated pool for each e-mail type and tier. */
export type PoolMode = (typeof POOL_MODES)[number];

/** A pool of one family: its type says that mail of the other never gets in. */
export type SendingPool<Family extends EmailType> = `${Family}-${Exclude<Tier, "suspended">}`;

/** The pool's name, or null for the shared infrastructure. */
export const sendingPool = <Family extends EmailType>(
  mode: PoolMode,
  emailType: Family,
  tier: Tier,
): SendingPool<Family> | null => (mode === "none" || tier === "suspended" ? null : `${emailType}-${tier}`);
