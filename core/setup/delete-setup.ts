// Deletes a setup: its bond, identity and tenant at the mail provider, then the row becomes a tombstone, whose id stays a
// scope for reading and whose names are free. Only its own workspace may, under either sharing, and not while a use case
// refers to it. When the provider fails the setup stays listed and can be deleted again.
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { MailProvider } from "../ports/mail-provider.ts";
import { ok, type Result } from "../result.ts";
import { findSetup, type FindSetupPorts, type SetupNotFound } from "./find-setup.ts";
import { callBudget, type ProviderRefused, removeInOrder } from "./provider-steps.ts";
import { setupRemoval } from "./setup-steps.ts";

export type DeleteSetupPorts = FindSetupPorts & {
  readonly mailProvider: MailProvider;
  readonly clock: Clock;
};

export type DeleteSetup = { readonly workspaceId: Id | null; readonly setupId: Id };

export type DeleteSetupRefused = SetupNotFound | { readonly kind: "setup_in_use" } | ProviderRefused;

export async function deleteSetup(
  ports: DeleteSetupPorts,
  command: DeleteSetup,
): Promise<Result<void, DeleteSetupRefused>> {
  const { setups, mailProvider, clock } = ports;
  const fits = callBudget(clock);
  const found = await findSetup(ports, { ...command, action: "own" });
  if (!found.ok) return found;
  const setup = found.value;

  const begun = await setups.beginDelete(setup.id, clock.now());
  if (!begun.ok) return begun;
  const removed = await removeInOrder(setupRemoval(mailProvider, setup), fits);
  if (!removed.ok) {
    await setups.abortDelete(setup.id, clock.now());
    return removed;
  }
  await setups.bury(setup.id, clock.now());
  return ok(undefined);
}
