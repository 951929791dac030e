import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Result } from "../result.ts";
import type { CustomerProfileStatus, TwilioSetup } from "../voice/twilio-setup.ts";
import type { OffsetPage, OffsetWindow } from "./offset-page.ts";

/**
 * Twilio setups. An account is one setup's among those not deleted, over all workspaces: the unique index decides races.
 * `updatedAt` never goes back. Every write run again changes nothing more and answers the same; one about an unknown or
 * deleted setup changes nothing.
 *
 * - `create` stores a setup with its claim and its task `check_twilio_setup` (due a day later), or says that the claim is
 *   lost, or that the account is taken: then nothing is stored.
 * - `find` answers one that is not deleted, of exactly this workspace (null: of any).
 * - `list` as for setups: `workspaceId` null lists all workspaces'. In creation order, with the exact total.
 * - `recordProfile` stores what the provider said of the profile unless something newer (by `checkedAt`) is there, and
 *   answers what is now stored; null for an unknown or deleted setup. A stored time more than CLOCK_JUMP_MS ahead gives way. `updatedAt` moves only when the status changed.
 * - `recordToken` stores the account's token, sealed anew; `expected` is the sealed one it takes the place of, null: any. Answers
 *   what is now stored.
 * - `bury` makes it a tombstone without a token and removes its task, unless a use case that is not deleted refers to it:
 *   false.
 */
export type TwilioSetupStore = {
  create(
    setup: TwilioSetup,
    claim: IdempotencyClaim | null,
  ): Promise<Result<TwilioSetup, { readonly kind: "twilio_account_taken" } | ClaimLost>>;
  find(id: Id, workspaceId: Id | null): Promise<TwilioSetup | null>;
  list(workspaceId: Id | null, window: OffsetWindow): Promise<OffsetPage<TwilioSetup>>;
  recordProfile(id: Id, status: CustomerProfileStatus, checkedAt: number): Promise<TwilioSetup | null>;
  recordToken(id: Id, sealedToken: string, expected: string | null, at: number): Promise<TwilioSetup | null>;
  bury(id: Id, at: number): Promise<boolean>;
};
