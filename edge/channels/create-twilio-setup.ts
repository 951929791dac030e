import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { createTwilioSetup } from "../../core/voice/create-twilio-setup.ts";
import { inWorkspace, operation } from "../operation.ts";
import { textOf } from "../wire.ts";
import { channelPaths } from "./paths.ts";
import { createTwilioSetupExample, twilioSetupExample } from "./voice-examples.ts";
import { authTokenText, sidText, toTwilioSetup, TwilioSetup } from "./voice-wire.ts";

/** Twilio's own limit for the name of an account. */
const FRIENDLY_NAME_CHARACTERS_MAX = 64;

const Body = z
  .strictObject({
    friendly_name: textOf(1, FRIENDLY_NAME_CHARACTERS_MAX),
    account_sid: sidText("account", "AC"),
    auth_token: authTokenText,
    customer_profile_sid: sidText("customerProfile", "BU"),
  })
  .openapi("CreateTwilioSetup");

export const createTwilioSetupOperation = operation({
  summary: "Create a Twilio setup",
  description:
    "Signs in to the account with its token and looks the customer profile up. An account belongs to one setup of one workspace.",
  tag: "Twilio setups",
  method: "post",
  paths: channelPaths("/twilio-setup", "createTwilioSetup"),
  permission: "Channel.create",
  needsWorkspace: true,
  body: { schema: Body, example: createTwilioSetupExample },
  idempotency: {
    resume: async ({ ports, workspaceId }, id) => {
      const setup = await ports.twilioSetups.find(id, workspaceId);
      return setup && toTwilioSetup(setup);
    },
  },
  refusals: [
    "twilio_credentials_refused",
    "twilio_account_inactive",
    "twilio_account_taken",
    "customer_profile_not_found",
    "provider_throttled",
    "provider_unavailable",
    "provider_timed_out",
  ],
  answer: { status: 201, schema: TwilioSetup, example: twilioSetupExample },
  handle: async ({ ports, body, claim, ...input }) => {
    const created = await createTwilioSetup(ports, {
      workspaceId: inWorkspace(input),
      friendlyName: body.friendly_name,
      accountSid: body.account_sid,
      authToken: body.auth_token,
      customerProfileSid: body.customer_profile_sid,
      claim,
    });
    return created.ok ? ok(toTwilioSetup(created.value)) : created;
  },
});
