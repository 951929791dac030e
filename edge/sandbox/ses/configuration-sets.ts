// Configuration sets: delivery options (pool, TLS policy, longest delivery time), the pause switch, suppression. SES:
// "Using configuration sets". Other option blocks are kept and given back, and change nothing here.
import { z } from "zod";

import { configurationSetArn } from "../arn.ts";
import type { ConfigurationSetRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { assertNotAssociated } from "./associations.ts";
import {
  alreadyExists,
  badRequest,
  limitExceeded,
  notFound,
  param,
  parseBody,
  type SesInput,
  type SesOperation,
} from "./ses-operation.ts";
import { objectName, suppressionAttributes, tags } from "./ses-schema.ts";

/** SES: 10,000 per region. */
const CONFIGURATION_SETS_MAX = 10_000;

const deliveryOptions = z.object({
  TlsPolicy: z.enum(["REQUIRE", "OPTIONAL"]).optional(),
  SendingPoolName: z.string().min(1).optional(),
  MaxDeliverySeconds: z.int().min(300).max(50_400).optional(),
});
const optionBlock = z.record(z.string(), z.unknown()).optional();
const createBody = z.object({
  ConfigurationSetName: objectName,
  Tags: tags,
  DeliveryOptions: deliveryOptions.default({}),
  SendingOptions: z.object({ SendingEnabled: z.boolean() }).default({ SendingEnabled: true }),
  SuppressionOptions: suppressionAttributes.partial().optional(),
  TrackingOptions: optionBlock,
  ReputationOptions: optionBlock,
  VdmOptions: optionBlock,
  ArchivingOptions: optionBlock,
});
// An empty body disables.
const sendingBody = z.object({ SendingEnabled: z.boolean().default(false) });

export const createConfigurationSet: SesOperation = (sandbox, input) => {
  const body = parseBody(createBody, input);
  const {
    ConfigurationSetName: name,
    Tags,
    DeliveryOptions,
    SendingOptions,
    SuppressionOptions,
    ...rest
  } = body;
  const { configurationSets } = sandbox.records;
  if (configurationSets.has(name)) throw alreadyExists(`Configuration set <${name}> already exists.`);
  if (configurationSets.count() >= CONFIGURATION_SETS_MAX) {
    throw limitExceeded("Maximum number of configuration sets reached.");
  }
  assertPoolExists(sandbox, DeliveryOptions.SendingPoolName);
  configurationSets.put(name, {
    name,
    tags: Tags,
    deliveryOptions: DeliveryOptions,
    sendingEnabled: SendingOptions.SendingEnabled,
    suppression: SuppressionOptions ?? null,
    otherOptions: rest,
  });
  return {};
};

export const getConfigurationSet: SesOperation = (sandbox, input) => {
  const set = namedSet(sandbox, input);
  return {
    ConfigurationSetName: set.name,
    Tags: set.tags,
    DeliveryOptions: set.deliveryOptions,
    SendingOptions: { SendingEnabled: set.sendingEnabled },
    ...(set.suppression === null ? {} : { SuppressionOptions: set.suppression }),
    ...set.otherOptions,
  };
};

/** Its event destinations go with it. */
export const deleteConfigurationSet: SesOperation = (sandbox, input) => {
  const { name } = namedSet(sandbox, input);
  assertNotAssociated(sandbox, configurationSetArn(name));
  const { configurationSets, eventDestinations } = sandbox.records;
  for (const one of eventDestinations.list({ prefix: `${name}|` }))
    eventDestinations.delete(`${name}|${one.name}`);
  configurationSets.delete(name);
  return {};
};

/** A full replacement: what is left out is removed, the pool too. */
export const putConfigurationSetDeliveryOptions: SesOperation = (sandbox, input) => {
  const set = namedSet(sandbox, input);
  const options = parseBody(deliveryOptions, input);
  assertPoolExists(sandbox, options.SendingPoolName);
  sandbox.records.configurationSets.put(set.name, { ...set, deliveryOptions: options });
  return {};
};

export const putConfigurationSetSendingOptions: SesOperation = (sandbox, input) => {
  const set = namedSet(sandbox, input);
  const { SendingEnabled: sendingEnabled } = parseBody(sendingBody, input);
  sandbox.records.configurationSets.put(set.name, { ...set, sendingEnabled });
  return {};
};

/** The configuration set the path names, or SES's 404. */
export function namedSet(sandbox: Sandbox, input: SesInput): ConfigurationSetRecord {
  return setOrThrow(sandbox, param(input, "set"));
}

export function setOrThrow(sandbox: Sandbox, name: string): ConfigurationSetRecord {
  const set = sandbox.records.configurationSets.get(name);
  if (set === null) throw notFound(`Configuration set <${name}> does not exist.`);
  return set;
}

function assertPoolExists(sandbox: Sandbox, pool: string | undefined): void {
  if (pool !== undefined && !sandbox.records.pools.has(pool)) {
    throw badRequest(`SendingPool <${pool}> doesn't exist`);
  }
}
