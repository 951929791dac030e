import { z } from "@hono/zod-openapi";
import { ok } from "../../core/result.ts";
import { listNumbers } from "../../core/voice/list-numbers.ts";
import { operation } from "../operation.ts";
import { channelPaths } from "./paths.ts";
import { phoneNumberExample } from "./voice-examples.ts";
import { PhoneNumber, toPhoneNumber } from "./voice-wire.ts";

const PhoneNumberList = z.object({ items: z.array(PhoneNumber) }).openapi("PhoneNumberList");

export const listPhoneNumbersOperation = operation({
  summary: "List a use case's phone numbers",
  description: "The numbers that serve the use case, in the order of their assignment.",
  tag: "Phone numbers",
  method: "get",
  paths: channelPaths("/use-case/{use_case_id}/phone-number", "listPhoneNumbers"),
  permission: "Channel.view",
  ids: { use_case_id: "use_case_not_found" },
  refusals: ["use_case_not_found"],
  answer: { status: 200, schema: PhoneNumberList, example: { items: [phoneNumberExample] } },
  handle: async ({ ports, workspaceId, ids }) => {
    const numbers = await listNumbers(ports, { workspaceId, useCaseId: ids.use_case_id });
    return numbers.ok ? ok({ items: numbers.value.map(toPhoneNumber) }) : numbers;
  },
});
