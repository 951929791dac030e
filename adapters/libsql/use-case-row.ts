// A use case as a row: one table holds the union, with the columns of the other channels null.
import { assert } from "../../core/assert.ts";
import type { UseCase } from "../../core/use-case/use-case.ts";
import { select } from "./columns.ts";
import type { Row } from "./database.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";

const base = {
  id: useCase.id,
  workspaceId: workspace.id,
  entityName: useCase.entityName,
  name: useCase.name,
  description: useCase.description,
  status: useCase.status,
  createdAt: useCase.createdAt,
  updatedAt: useCase.updatedAt,
};

/** Needs `use_case` joined with its `workspace` and, if it has one, its `ses_setup`. */
export const useCaseColumns = select({
  ...base,
  channel: useCase.channel,
  setupId: sesSetup.id,
  configurationSetName: useCase.configurationSetName,
  senderEmailAddress: useCase.senderEmailAddress,
  senderDisplayName: useCase.senderDisplayName,
  emailType: useCase.emailType,
  unsubscribeScope: useCase.unsubscribeScope,
  tier: useCase.tier,
  twilioSetupId: useCase.twilioSetupId,
});

export function useCaseFromRow(row: Row): UseCase {
  const { channel, twilioSetupId, setupId, configurationSetName, senderEmailAddress, ...rest } =
    useCaseColumns.read(row);
  const { senderDisplayName, emailType, unsubscribeScope, tier, ...shared } = rest;
  if (channel !== "email") {
    assert(twilioSetupId !== null, `use case ${shared.id} has no Twilio setup`);
    return { ...shared, channel, twilioSetupId };
  }
  assert(
    configurationSetName !== null &&
      senderEmailAddress !== null &&
      emailType !== null &&
      unsubscribeScope !== null &&
      tier !== null,
    `use case ${shared.id} lacks what an e-mail use case has`,
  );
  return {
    ...shared,
    channel,
    setupId,
    configurationSetName,
    senderEmailAddress,
    senderDisplayName,
    emailType,
    unsubscribeScope,
    tier,
  };
}
