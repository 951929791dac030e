// Deletes a use case: what it has at the mail provider, then the row becomes a tombstone, whose id stays a scope for
// reading and whose names are free. When the provider fails the use case stays listed and can be deleted again.
import { assert } from "../assert.ts";
import type { Clock } from "../ports/clock.ts";
import type { MailProvider } from "../ports/mail-provider.ts";
import type { SetupStore } from "../ports/setup-store.ts";
import { ok, type Result } from "../result.ts";
import { callBudget, type ProviderRefused, removeInOrder } from "../setup/provider-steps.ts";
import { tenantOf } from "../setup/setup-steps.ts";
import { emailUseCaseRemoval } from "./email-use-case-steps.ts";
import { getUseCase, type GetUseCase, type GetUseCasePorts, type GetUseCaseRefused } from "./get-use-case.ts";
import type { UseCase } from "./use-case.ts";

export type DeleteUseCasePorts = GetUseCasePorts & {
  readonly setups: SetupStore;
  readonly mailProvider: MailProvider;
  readonly clock: Clock;
};

export type DeleteUseCase = GetUseCase;

export type DeleteUseCaseRefused = GetUseCaseRefused | ProviderRefused;

export async function deleteUseCase(
  ports: DeleteUseCasePorts,
  command: DeleteUseCase,
): Promise<Result<void, DeleteUseCaseRefused>> {
  const { useCases, clock } = ports;
  const fits = callBudget(clock);
  const found = await getUseCase(ports, command);
  if (!found.ok) return found;
  const useCase = found.value;

  await useCases.beginDelete(useCase.id, clock.now());
  const removed = await removeInOrder(await removalOf(ports, useCase), fits);
  if (!removed.ok) {
    await useCases.abortDelete(useCase.id, clock.now());
    return removed;
  }
  await useCases.bury(useCase.id, clock.now());
  return ok(undefined);
}

/** A Twilio use case has nothing at the mail provider. */
async function removalOf(
  { setups, mailProvider }: DeleteUseCasePorts,
  useCase: UseCase,
): Promise<ReturnType<typeof emailUseCaseRemoval>> {
  if (useCase.channel !== "email") return [];
  const setup = await setups.find(useCase.setupId);
  assert(setup !== null, "a setup was deleted while a use case referred to it");
  const { configurationSetName } = useCase;
  return emailUseCaseRemoval({ provider: mailProvider, tenant: tenantOf(setup), configurationSetName });
}
