// Lists Twilio setups in creation order with what was last seen of their profiles; Twilio is not asked.
import type { Id } from "../ids.ts";
import type { OffsetPage, OffsetWindow } from "../ports/offset-page.ts";
import type { FindTwilioSetupPorts } from "./find-twilio-setup.ts";
import type { TwilioSetup } from "./twilio-setup.ts";

/** A workspace has a handful of accounts; an operator who lists all of them is bounded by this. */
const TWILIO_SETUPS_MAX = 10_000;

export type ListTwilioSetups = {
  /** The workspace acted in; null: all of them (the operator on the short path). */
  readonly workspaceId: Id | null;
  /** Null: every setup. */
  readonly window: OffsetWindow | null;
};

export const listTwilioSetups = (
  { twilioSetups }: FindTwilioSetupPorts,
  { workspaceId, window }: ListTwilioSetups,
): Promise<OffsetPage<TwilioSetup>> =>
  twilioSetups.list(workspaceId, window ?? { offset: 0, limit: TWILIO_SETUPS_MAX });
