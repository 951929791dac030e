// `POST /hooks/twilio/{use_case_id}/voice` and `…/status`: what Twilio asks and tells about a call. Answered with an empty
// TwiML response once it is recorded. Trouble of ours is a 5xx, which Twilio shows in the account's debugger.
import type { Context } from "hono";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { parseId } from "../../core/ids.ts";
import type { WebhookParameters } from "../../core/ports/voice-webhooks.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { WEBHOOK_KINDS, type WebhookKind } from "../../core/voice/phone-number.ts";
import { receiveWebhook } from "../../core/voice/receive-webhook.ts";
import type { AppEnv } from "../app-env.ts";
import { problem } from "../problem.ts";
import type { Refusal } from "../refusal.ts";
import { readBody } from "../request-body.ts";

/** A call's form has some thirty parameters and 2 KB; SIP headers may add to them. */
const BODY_BYTES_MAX = 64 * 1024;
const PARAMETERS_MAX = 256;
const FORM = "application/x-www-form-urlencoded";
/** Twilio, "TwiML for Programmable Voice": no verb, so nothing is done with the call. */
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

export function mountTwilioHook(app: OpenAPIHono<AppEnv>): void {
  for (const kind of WEBHOOK_KINDS)
    app.post(`/hooks/twilio/:use_case_id/${kind}`, async (context) => {
      const received = await receive(context, kind, context.req.param("use_case_id"));
      return received.ok
        ? context.body(EMPTY_TWIML, 200, { "Content-Type": "text/xml; charset=utf-8" })
        : problem(context, received.error);
    });
}

async function receive(
  context: Context<AppEnv>,
  kind: WebhookKind,
  useCaseText: string,
): Promise<Result<void, Refusal>> {
  const type = context.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== FORM) return err({ kind: "unsupported_media_type", expected: FORM });
  const parameters = await readParameters(context);
  if (!parameters.ok) return parameters;
  const useCaseId = parseId(useCaseText);
  const signature = context.req.header("x-twilio-signature");
  if (useCaseId === null || signature === undefined) return err({ kind: "webhook_refused" });
  return receiveWebhook(context.get("ports"), {
    useCaseId,
    kind,
    // As it was sent: what is signed is not normalised.
    query: /\?[^#]*/.exec(context.req.url)?.[0] ?? "",
    parameters: parameters.value,
    signature,
  });
}

async function readParameters(context: Context<AppEnv>): Promise<Result<WebhookParameters, Refusal>> {
  const budget = context.get("ports").bodyBudget;
  const body = await readBody(context.req.raw, { maxBytes: BODY_BYTES_MAX, budget });
  if (!body.ok) return body;
  const form = new TextDecoder().decode(body.value.octets);
  body.value.release();
  // Counted before they are taken apart; no genuine form comes near.
  if (form.split("&", PARAMETERS_MAX + 1).length > PARAMETERS_MAX) return err({ kind: "webhook_refused" });
  return ok([...new URLSearchParams(form)]);
}
