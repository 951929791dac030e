// The task that asks the mail provider what the account may send, so that no workspace takes more than its share of it.
import type { Clock } from "../ports/clock.ts";
import type { ProviderTurns } from "../ports/provider-turns.ts";
import type { ReputationStore } from "../ports/reputation-store.ts";
import { type TaskEnd, taskFailed } from "../tasks/carry-out.ts";

export type ReadAccountPorts = {
  readonly reputation: Pick<ReputationStore, "recordQuota">;
  readonly mailProvider: ProviderTurns;
  readonly clock: Clock;
};

/** SES raises quotas after days of good sending and lowers them in trouble; a quarter of an hour is soon enough. */
const READ_MS = 15 * 60_000;
/** Behind whatever somebody waits for. */
const TURN_MS = 2_500;
const NO_TURN_MS = 15_000;

export async function readAccount({ reputation, mailProvider, clock }: ReadAccountPorts): Promise<TaskEnd> {
  const quota = await mailProvider.startingBy(clock.now() + TURN_MS).getSendQuota();
  if (!quota.ok)
    return quota.error.kind === "out_of_turn"
      ? { kind: "again", at: clock.now() + NO_TURN_MS }
      : taskFailed(quota.error.reason);
  await reputation.recordQuota(quota.value, clock.now());
  return { kind: "again", at: clock.now() + READ_MS };
}
