// The task that asks which tenants the provider lets send nothing at the moment, and notes it on their setups: sends are
// then refused before the provider is called. SES pauses tenants on findings of their own mail (ListReputationEntities).
import type { Clock } from "../ports/clock.ts";
import type { PausedTenants } from "../ports/mail-provider.ts";
import type { ProviderTurns } from "../ports/provider-turns.ts";
import type { SetupStore } from "../ports/setup-store.ts";
import { type TaskEnd, taskFailed } from "../tasks/carry-out.ts";

export type ReviewTenantsPorts = {
  readonly setups: SetupStore;
  readonly mailProvider: ProviderTurns;
  readonly clock: Clock;
};

const REVIEW_MS = 60_000;
/** The turns are busy with what somebody waits for: a little later. */
const NO_TURN_MS = 5_000;
/** Two turns: behind a call that has just begun it still gets one; later pages may take their time. */
const FIRST_PAGE_MS = 2500;
const PAGES_MS = 10_000;

export async function reviewTenants({ setups, mailProvider, clock }: ReviewTenantsPorts): Promise<TaskEnd> {
  const paused: PausedTenants["tenants"][number][] = [];
  let provider = mailProvider.startingBy(clock.now() + FIRST_PAGE_MS);
  let after: string | null = null;
  do {
    const page = await provider.listPausedTenants(after);
    if (!page.ok)
      return page.error.kind === "out_of_turn"
        ? { kind: "again", at: clock.now() + NO_TURN_MS }
        : taskFailed(page.error.reason);
    paused.push(...page.value.tenants);
    after = page.value.next;
    provider = mailProvider.startingBy(clock.now() + PAGES_MS);
  } while (after !== null);
  await setups.recordPauses(paused);
  return { kind: "again", at: clock.now() + REVIEW_MS };
}
