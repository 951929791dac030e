import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { listAccountNumbers } from "../../core/voice/list-account-numbers.ts";
import { operation } from "../operation.ts";
import { channelPaths } from "./paths.ts";
import { accountPhoneNumberExample } from "./voice-examples.ts";
import { AccountPhoneNumber, toAccountPhoneNumber } from "./voice-wire.ts";

const AccountPhoneNumberList = z
  .object({
    items: z.array(AccountPhoneNumber),
    has_more: z.boolean().openapi({ description: "The account has more than the 1,000 shown." }),
  })
  .openapi("AccountPhoneNumberList");

export const listAccountNumbersOperation = operation({
  summary: "List a Twilio account's phone numbers",
  description: "The numbers of the account as Twilio has them now, each with the use case it serves here.",
  tag: "Twilio setups",
  method: "get",
  paths: channelPaths("/twilio-setup/{twilio_setup_id}/phone-number", "listAccountPhoneNumbers"),
  permission: "Channel.view",
  ids: { twilio_setup_id: "twilio_setup_not_found" },
  refusals: [
    "twilio_setup_not_found",
    "twilio_token_refused",
    "provider_throttled",
    "provider_unavailable",
    "provider_timed_out",
  ],
  answer: {
    status: 200,
    schema: AccountPhoneNumberList,
    example: { items: [accountPhoneNumberExample], has_more: false },
  },
  handle: async ({ ports, workspaceId, ids }) => {
    const listed = await listAccountNumbers(ports, { workspaceId, twilioSetupId: ids.twilio_setup_id });
    if (!listed.ok) return listed;
    const { numbers, hasMore } = listed.value;
    return ok({ items: numbers.map(toAccountPhoneNumber), has_more: hasMore });
  },
});
