// Finds a setup for a caller. One that is another workspace's, deleted, or still being made answers as an unknown one.
import type { Id } from "../ids.ts";
import type { SetupStore } from "../ports/setup-store.ts";
import { err, ok, type Result } from "../result.ts";
import { mayReachSetup, type SesSetup, type SetupAction, type SetupSharing } from "./ses-setup.ts";

export type FindSetupPorts = {
  readonly setups: SetupStore;
  readonly settings: { readonly setupSharing: SetupSharing };
};

export type FindSetup = {
  /** The workspace acted in; null: all of them (the operator on the short path). */
  readonly workspaceId: Id | null;
  readonly setupId: Id;
  readonly action: SetupAction;
};

export type SetupNotFound = { readonly kind: "setup_not_found" };

/** A setup that stands at the provider: its keys are known. */
export type StandingSetup = SesSetup & { readonly dkim: NonNullable<SesSetup["dkim"]> };

export async function findSetup(
  { setups, settings }: FindSetupPorts,
  { workspaceId, setupId, action }: FindSetup,
): Promise<Result<StandingSetup, SetupNotFound>> {
  const setup = await setups.find(setupId);
  if (setup === null || !isStanding(setup)) return err({ kind: "setup_not_found" });
  const reachable =
    workspaceId === null || mayReachSetup(settings.setupSharing, setup.workspaceId, workspaceId, action);
  return reachable ? ok(setup) : err({ kind: "setup_not_found" });
}

export const isStanding = (setup: SesSetup): setup is StandingSetup =>
  setup.status !== "provisioning" && setup.dkim !== null;
