// Lists setups in creation order with what was last seen of their DNS; nothing is looked up.
import type { Id } from "../ids.ts";
import type { OffsetPage, OffsetWindow } from "../ports/offset-page.ts";
import type { SetupStore } from "../ports/setup-store.ts";
import type { SesSetup, SetupSharing } from "./ses-setup.ts";

/** SES holds 10,000 identities in an account and region, so a list without pages is bounded by that. */
const SETUPS_MAX = 10_000;

export type ListSetupsPorts = {
  readonly setups: SetupStore;
  readonly settings: { readonly setupSharing: SetupSharing };
};

export type ListSetups = {
  /** The workspace acted in; null: all of them (the operator on the short path). */
  readonly workspaceId: Id | null;
  /** Null: every setup. */
  readonly window: OffsetWindow | null;
};

/** Under platform sharing every workspace sees the setups of all (see `mayReachSetup`). */
export const listSetups = (
  { setups, settings }: ListSetupsPorts,
  { workspaceId, window }: ListSetups,
): Promise<OffsetPage<SesSetup>> =>
  setups.list(
    settings.setupSharing === "platform" ? null : workspaceId,
    window ?? { offset: 0, limit: SETUPS_MAX },
  );
