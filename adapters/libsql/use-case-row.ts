// A use case as a row: one table holds the union, with the columns of the other channels null.
import { sql } from "drizzle-orm";
import { assert } from "../../core/assert.ts";
import type { UseCase } from "../../core/use-case/use-case.ts";
import { select } from "./columns.ts";
import type { Row } from "./database.ts";
import { workspace } from "./schema/access.ts";
import { sesSetup, useCase } from "./schema/channel.ts";
import { twilioSetup } from "./schema/twilio-setup.ts";

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

/** A use case with whatever its channel has beside it: what `useCaseColumns` are read from. */
export const joinedUseCase = sql`${useCase} JOIN ${workspace} ON ${workspace.seq} = ${useCase.workspaceSeq}
  LEFT JOIN ${sesSetup} ON ${sesSetup.seq} = ${useCase.setupSeq}
  LEFT JOIN ${twilioSetup} ON ${twilioSetup.seq} = ${useCase.twilioSetupSeq}`;

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
  twilioSetupId: twilioSetup.id,
  customerProfileStatus: twilioSetup.customerProfileStatus,
});

export function useCaseFromRow(row: Row): UseCase {
  const {
    channel,
    twilioSetupId,
    customerProfileStatus,
    setupId,
    configurationSetName,
    senderEmailAddress,
    ...rest
  } = useCaseColumns.read(row);
  const { senderDisplayName, emailType, unsubscribeScope, tier, ...shared } = rest;
  if (channel !== "email") {
    return { ...shared, channel, twilioSetupId, customerProfileStatus };
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
