// Every journey, for whoever runs them against a started program: one list, one order. Two parts of it may run side by side,
// each against a program of its own.
import type { Journey } from "../support/world.ts";
import { journeys as conventions } from "./conventions.journey.ts";
import { journeys as events } from "./events.journey.ts";
import { journeys as idempotency } from "./idempotency.journey.ts";
import { journeys as inboundConversations } from "./inbound-conversations.journey.ts";
import { journeys as inboundCorpus } from "./inbound-corpus.journey.ts";
import { journeys as inboundInjection } from "./inbound-injection.journey.ts";
import { journeys as inboundLists } from "./inbound-lists.journey.ts";
import { journeys as inboundReceived } from "./inbound-received.journey.ts";
import { journeys as inboundReplies } from "./inbound-replies.journey.ts";
import { journeys as inboundTrouble } from "./inbound-trouble.journey.ts";
import { journeys as isolation } from "./isolation.journey.ts";
import { journeys as largestSend } from "./largest-send.journey.ts";
import { journeys as lateParents } from "./late-parents.journey.ts";
import { journeys as lists } from "./lists.journey.ts";
import { journeys as notifications } from "./notifications.journey.ts";
import { journeys as poisonedThreads } from "./poisoned-threads.journey.ts";
import { journeys as providerTrouble } from "./provider-trouble.journey.ts";
import { journeys as races } from "./races.journey.ts";
import { journeys as refusedCallers } from "./refused-callers.journey.ts";
import { journeys as refusedLists } from "./refused-lists.journey.ts";
import { journeys as refusedRequests } from "./refused-requests.journey.ts";
import { journeys as refusedSends } from "./refused-sends.journey.ts";
import { journeys as refusedSetups } from "./refused-setups.journey.ts";
import { journeys as refusedUseCases } from "./refused-use-cases.journey.ts";
import { journeys as reputation } from "./reputation.journey.ts";
import { journeys as slowUpstreams } from "./slow-upstreams.journey.ts";
import { journeys as suppression } from "./suppression.journey.ts";
import { journeys as unknownOutcome } from "./unknown-outcome.journey.ts";
import { journeys as unsubscribe } from "./unsubscribe.journey.ts";
import { journeys as voiceNumbers } from "./voice-numbers.journey.ts";
import { journeys as voiceSetups } from "./voice-setups.journey.ts";
import { journeys as voiceTrouble } from "./voice-trouble.journey.ts";
import { journeys as voiceUseCases } from "./voice-use-cases.journey.ts";
import { journeys as voiceWalkThrough } from "./voice-walk-through.journey.ts";
import { journeys as voiceWebhooks } from "./voice-webhooks.journey.ts";
import { journeys as walkThrough } from "./walk-through.journey.ts";

export const RECEIVING_JOURNEYS: readonly Journey[] = [
  ...inboundCorpus,
  ...inboundLists,
  ...inboundReceived,
  ...inboundInjection,
  ...inboundConversations,
  ...inboundReplies,
  ...lateParents,
  ...poisonedThreads,
  ...inboundTrouble,
];

export const OTHER_JOURNEYS: readonly Journey[] = [
  ...walkThrough,
  ...conventions,
  ...refusedCallers,
  ...refusedRequests,
  ...refusedSetups,
  ...refusedUseCases,
  ...refusedSends,
  ...refusedLists,
  ...providerTrouble,
  ...slowUpstreams,
  ...unknownOutcome,
  ...idempotency,
  ...races,
  ...unsubscribe,
  ...suppression,
  ...reputation,
  ...voiceWalkThrough,
  ...voiceSetups,
  ...voiceUseCases,
  ...voiceNumbers,
  ...voiceWebhooks,
  ...voiceTrouble,
  ...largestSend,
  ...events,
  ...lists,
  ...notifications,
  ...isolation,
];

export const JOURNEYS: readonly Journey[] = [...OTHER_JOURNEYS, ...RECEIVING_JOURNEYS];
