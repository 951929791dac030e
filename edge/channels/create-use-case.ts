import { z } from "@hono/zod-openapi";
import { createEmailUseCase } from "../../core/use-case/create-email-use-case.ts";
import { createTwilioUseCase } from "../../core/use-case/create-twilio-use-case.ts";
import { DISPLAY_NAME_CHARACTERS_MAX, displayNameFault } from "../../core/use-case/display-name.ts";
import { EMAIL_TYPES, TWILIO_CHANNELS, UNSUBSCRIBE_SCOPES } from "../../core/use-case/use-case.ts";
import { USE_CASE_NAME_CHARACTERS_MAX, useCaseNameFault } from "../../core/use-case/use-case-name.ts";
import { ok } from "../../core/result.ts";
import { addrSpecText } from "../address.ts";
import { inWorkspace, operation } from "../operation.ts";
import { idText, textOf } from "../wire.ts";
import { createUseCaseExample, emailUseCaseExample } from "./examples.ts";
import { channelPaths } from "./paths.ts";
import { createVoiceUseCaseExample, voiceUseCaseExample } from "./voice-examples.ts";
import { toUseCaseBody, UseCaseBody } from "./wire.ts";

const DESCRIPTION_CHARACTERS_MAX = 2000;

const nameText = z
  .string()
  .refine((text) => useCaseNameFault(text) === null, {
    error: `must be 1 to ${USE_CASE_NAME_CHARACTERS_MAX} letters, spaces and hyphens, beginning and ending with a letter`,
    params: { code: "name" },
  })
  .transform((text) => text.normalize("NFC"))
  .openapi({
    type: "string",
    minLength: 1,
    maxLength: USE_CASE_NAME_CHARACTERS_MAX,
    description: "Letters of any script, spaces and hyphens; begins and ends with a letter.",
  });

const shared = {
  entity_name: nameText,
  name: nameText,
  description: textOf(0, DESCRIPTION_CHARACTERS_MAX)
    .nullish()
    .openapi({ type: ["string", "null"] }),
};

const CreateEmailUseCase = z
  .strictObject({
    channel: z.literal("email"),
    ...shared,
    ses_setup_id: idText,
    sender_email_address: addrSpecText,
    email_type: z.enum(EMAIL_TYPES),
    unsubscribe_scope: z.enum(UNSUBSCRIBE_SCOPES).optional(),
    sender_display_name: z
      .string()
      .refine((text) => displayNameFault(text) === null, {
        error: `must be 1 to ${DISPLAY_NAME_CHARACTERS_MAX} characters without @, <, >, control or bidirectional characters`,
        params: { code: "display_name" },
      })
      .nullish()
      .openapi({
        type: ["string", "null"],
        minLength: 1,
        maxLength: DISPLAY_NAME_CHARACTERS_MAX,
        description:
          "Beside the sender address in From. Without `@`, `<`, `>`, control and bidirectional characters.",
      }),
  })
  .openapi("CreateEmailUseCase");

const CreateTwilioUseCase = z
  .strictObject({ channel: z.enum(TWILIO_CHANNELS), ...shared, twilio_setup_id: idText })
  .openapi("CreateTwilioUseCase");

const Body = z
  .discriminatedUnion("channel", [CreateEmailUseCase, CreateTwilioUseCase])
  .openapi("CreateUseCase");

export const createUseCaseOperation = operation({
  summary: "Create a use case",
  description:
    "Binds a channel to a setup. For e-mail: makes the configuration set the mails are sent with. For voice and voicemail: the Twilio setup's customer profile has to be approved.",
  tag: "Use cases",
  method: "post",
  paths: channelPaths("/use-case", "createUseCase"),
  permission: "Channel.create",
  needsWorkspace: true,
  body: {
    schema: Body,
    example: createUseCaseExample,
    otherExamples: { voice: createVoiceUseCaseExample },
  },
  idempotency: {
    resume: async ({ ports, workspaceId }, id) => {
      const useCase = await ports.useCases.find(id, workspaceId);
      return useCase?.status === "ready" ? toUseCaseBody(useCase) : null;
    },
  },
  refusals: [
    "setup_not_found",
    "twilio_setup_not_found",
    "customer_profile_not_approved",
    "twilio_token_refused",
    "dns_not_verified",
    "sender_domain_mismatch",
    "sender_address_reserved",
    "use_case_name_taken",
    "configuration_set_name_taken",
    "sender_address_taken",
    "provider_throttled",
    "provider_unavailable",
    "provider_timed_out",
  ],
  answer: {
    status: 201,
    schema: UseCaseBody,
    example: emailUseCaseExample,
    otherExamples: { voice: voiceUseCaseExample },
  },
  handle: async ({ ports, body, claim, ...input }) => {
    const shared = {
      workspaceId: inWorkspace(input),
      entityName: body.entity_name,
      name: body.name,
      description: body.description ?? null,
      claim,
    };
    const created =
      body.channel === "email"
        ? await createEmailUseCase(ports, {
            ...shared,
            setupId: body.ses_setup_id,
            sender: body.sender_email_address,
            senderDisplayName: body.sender_display_name ?? null,
            emailType: body.email_type,
            unsubscribeScope: body.unsubscribe_scope ?? null,
          })
        : await createTwilioUseCase(ports, {
            ...shared,
            channel: body.channel,
            twilioSetupId: body.twilio_setup_id,
          });
    return created.ok ? ok(toUseCaseBody(created.value)) : created;
  },
});
