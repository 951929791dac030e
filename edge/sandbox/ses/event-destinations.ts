// Where a configuration set's events go: an SNS topic of the sandbox. SES: "Setting up an Amazon SNS event destination".
// Making one publishes SES's plain-text test to the topic. Firehose, EventBridge, CloudWatch and Pinpoint are not played.
import { z } from "zod";

import type { EventDestinationRecord } from "../records.ts";
import { publish } from "../sns/topics.ts";
import { namedSet } from "./configuration-sets.ts";
import {
  alreadyExists,
  badRequest,
  limitExceeded,
  notFound,
  param,
  parseBody,
  type SesOperation,
} from "./ses-operation.ts";
import { objectName } from "./ses-schema.ts";

/** SES: 10 per configuration set. */
const DESTINATIONS_MAX = 10;
const TOPIC_PROBE = "Successfully validated SNS topic for Amazon SES event publishing.";
export const EVENT_SUBJECT = "Amazon SES Email Event Notification";

const EVENT_TYPES = [
  "SEND",
  "REJECT",
  "BOUNCE",
  "COMPLAINT",
  "DELIVERY",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
  "DELIVERY_DELAY",
  "SUBSCRIPTION",
] as const;
export type EventDestinationType = (typeof EVENT_TYPES)[number];

const createBody = z.object({
  EventDestinationName: objectName,
  EventDestination: z.object({
    Enabled: z.boolean().default(false),
    MatchingEventTypes: z.array(z.enum(EVENT_TYPES)).min(1),
    SnsDestination: z.object({ TopicArn: z.string().min(1) }).optional(),
  }),
});

export const createConfigurationSetEventDestination: SesOperation = (sandbox, input) => {
  const set = namedSet(sandbox, input);
  const { EventDestinationName: name, EventDestination: destination } = parseBody(createBody, input);
  const { eventDestinations, topics } = sandbox.records;
  const topicArn = destination.SnsDestination?.TopicArn;
  if (topicArn === undefined) throw badRequest("The sandbox publishes events to SNS only.");
  if (eventDestinations.has(`${set.name}|${name}`)) {
    throw alreadyExists(`Event destination <${name}> already exists.`);
  }
  if (eventDestinations.list({ prefix: `${set.name}|` }).length >= DESTINATIONS_MAX) {
    throw limitExceeded("Maximum number of event destinations reached.");
  }
  if (!topics.has(topicArn)) throw badRequest(`Could not publish message to SNS topic <${topicArn}>.`);
  publish(sandbox, topicArn, TOPIC_PROBE, EVENT_SUBJECT);
  eventDestinations.put(`${set.name}|${name}`, {
    configurationSet: set.name,
    name,
    enabled: destination.Enabled,
    eventTypes: destination.MatchingEventTypes,
    topicArn,
  });
  return {};
};

export const getConfigurationSetEventDestinations: SesOperation = (sandbox, input) => {
  const { name } = namedSet(sandbox, input);
  const found = sandbox.records.eventDestinations.list({ prefix: `${name}|` });
  return { EventDestinations: found.map(toDestination) };
};

export const deleteConfigurationSetEventDestination: SesOperation = (sandbox, input) => {
  const { name } = namedSet(sandbox, input);
  const destination = param(input, "destination");
  if (!sandbox.records.eventDestinations.delete(`${name}|${destination}`)) {
    throw notFound(`Event destination <${destination}> does not exist.`);
  }
  return {};
};

const toDestination = (one: EventDestinationRecord): object => ({
  Name: one.name,
  Enabled: one.enabled,
  MatchingEventTypes: one.eventTypes,
  SnsDestination: { TopicArn: one.topicArn },
});
