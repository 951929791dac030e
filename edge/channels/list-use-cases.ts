import { z } from "@hono/zod-openapi";
import { listUseCases } from "../../core/use-case/list-use-cases.ts";
import { CHANNELS } from "../../core/use-case/use-case.ts";
import { ok } from "../../core/result.ts";
import { operation } from "../operation.ts";
import { idText } from "../wire.ts";
import { emailUseCaseExample } from "./examples.ts";
import { channelPaths } from "./paths.ts";
import { voiceUseCaseExample } from "./voice-examples.ts";
import { toUseCaseBody, UseCaseBody } from "./wire.ts";

/** Names have at most 31 characters; a longer filter simply matches none, up to what is plainly a mistake. */
const NAME_FILTER_CHARACTERS_MAX = 100;

const Query = z.strictObject({
  entity_name: z.string().min(1).max(NAME_FILTER_CHARACTERS_MAX).optional(),
  channel: z.enum(CHANNELS).optional(),
  twilio_setup_id: idText.optional(),
  ses_setup_id: idText.optional(),
});

const UseCaseList = z.object({ items: z.array(UseCaseBody) }).openapi("UseCaseList");

export const listUseCasesOperation = operation({
  summary: "List use cases",
  description: "The use cases that match every filter given, in creation order.",
  tag: "Use cases",
  method: "get",
  paths: channelPaths("/use-case", "listUseCases"),
  permission: "Channel.view",
  query: Query,
  refusals: [],
  answer: {
    status: 200,
    schema: UseCaseList,
    example: { items: [emailUseCaseExample, voiceUseCaseExample] },
  },
  handle: async ({ ports, workspaceId, query }) => {
    const useCases = await listUseCases(ports, {
      workspaceId,
      ...(query.entity_name === undefined ? {} : { entityName: query.entity_name }),
      ...(query.channel === undefined ? {} : { channel: query.channel }),
      ...(query.twilio_setup_id === undefined ? {} : { twilioSetupId: query.twilio_setup_id }),
      ...(query.ses_setup_id === undefined ? {} : { setupId: query.ses_setup_id }),
    });
    return ok({ items: useCases.map(toUseCaseBody) });
  },
});
