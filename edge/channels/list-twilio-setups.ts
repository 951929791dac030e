// The same list in two shapes, as of e-mail setups: everything on the short path, pages on the workspace's.
import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { listTwilioSetups } from "../../core/voice/list-twilio-setups.ts";
import { operation } from "../operation.ts";
import { offsetQuery, toOffsetBody, toOffsetWindow } from "../pagination.ts";
import { twilioSetupExample } from "./voice-examples.ts";
import { toTwilioSetup, TwilioSetup } from "./voice-wire.ts";

const TwilioSetupList = z.object({ items: z.array(TwilioSetup) }).openapi("TwilioSetupList");

export const listAllTwilioSetupsOperation = operation({
  summary: "List Twilio setups",
  description: "Every Twilio setup, with what was last seen of its customer profile; Twilio is not asked.",
  tag: "Twilio setups",
  method: "get",
  paths: [{ path: "/v1/twilio-setup", operationId: "listTwilioSetups" }],
  permission: "Channel.view",
  query: z.strictObject({}),
  refusals: [],
  answer: { status: 200, schema: TwilioSetupList, example: { items: [twilioSetupExample] } },
  handle: async ({ ports, workspaceId }) => {
    const page = await listTwilioSetups(ports, { workspaceId, window: null });
    return ok({ items: page.items.map(toTwilioSetup) });
  },
});

const TwilioSetupPage = z
  .object({
    items: z.array(TwilioSetup),
    has_more: z.boolean(),
    continuation_token: z.int().nullable(),
    total: z.int().nullable(),
  })
  .openapi("TwilioSetupPage");

export const listTwilioSetupsOperation = operation({
  summary: "List a workspace's Twilio setups",
  description:
    "A page of Twilio setups in creation order, with what was last seen of their customer profiles; Twilio is not asked.",
  tag: "Twilio setups",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/channels/twilio-setup", operationId: "listTwilioSetupsInWorkspace" }],
  permission: "Channel.view",
  query: z.strictObject(offsetQuery),
  refusals: [],
  answer: {
    status: 200,
    schema: TwilioSetupPage,
    example: { items: [twilioSetupExample], has_more: false, continuation_token: null, total: 1 },
  },
  handle: async ({ ports, workspaceId, query }) => {
    const window = toOffsetWindow(query);
    return ok(toOffsetBody(await listTwilioSetups(ports, { workspaceId, window }), window, toTwilioSetup));
  },
});
