// Somebody rings a number: Twilio asks its voice webhook what to do and, when the call is over, tells its status callback;
// both requests are signed with the token of the number's account. Twilio: "Webhooks security", "Voice webhooks". Only to
// this machine: the sandbox opens no connection off it. What the answer says to do with the call is not done.
import { createHmac, randomBytes } from "node:crypto";

import { isLoopbackHost } from "../host-check.ts";
import type { PhoneNumberRecord } from "../records.ts";
import { mailTime } from "./twilio-operation.ts";

/** Twilio: "15 seconds". */
const ANSWER_MS_MAX = 15_000;
/** Far above the TwiML of any call: Twilio reads 64 KB. */
const ANSWER_CHARACTERS_MAX = 65_536;
const CALL_SECONDS = "42";

export type WebhookParameters = Readonly<Record<string, string | readonly string[]>>;
export type IncomingCall = {
  readonly from: string;
  readonly callSid: string;
  /** Beside the usual ones, or instead of them. */
  readonly parameters: WebhookParameters;
};
type Webhook = {
  readonly kind: "voice" | "status";
  readonly method: "GET" | "POST";
  /** As it was called. */
  readonly url: string;
  readonly parameters: WebhookParameters;
  readonly signature: string;
};
/** Status and body are null when nobody answered, or the URL is not on this machine. */
export type AnsweredWebhook = Webhook & { readonly status: number | null; readonly body: string | null };

export const newCallSid = (): string => `CA${randomBytes(16).toString("hex")}`;

/** Calls the number's webhooks one after the other; none where a trunk or an application answers instead. */
export async function ring(
  number: PhoneNumberRecord,
  authToken: string,
  call: IncomingCall,
  now: number,
): Promise<AnsweredWebhook[]> {
  const { settings } = number;
  if (settings.trunk_sid !== null || settings.voice_application_sid !== null) return [];
  const voice = { ...voiceParameters(number, call), ...call.parameters };
  const status = { ...statusParameters(voiceParameters(number, call), now), ...call.parameters };
  const answered: AnsweredWebhook[] = [];
  for (const [kind, method, url, parameters] of [
    ["voice", settings.voice_method, settings.voice_url, voice],
    ["status", settings.status_callback_method, settings.status_callback, status],
  ] as const) {
    if (url !== "") answered.push(await request(signed(kind, method, url, parameters, authToken)));
  }
  return answered;
}

function voiceParameters(number: PhoneNumberRecord, call: IncomingCall): Record<string, string> {
  return {
    AccountSid: number.accountSid ?? "",
    ApiVersion: "2010-04-01",
    CallSid: call.callSid,
    CallStatus: "ringing",
    Called: number.phoneNumber,
    CalledCity: "",
    CalledCountry: "US",
    Caller: call.from,
    CallerCity: "",
    CallerCountry: "US",
    Direction: "inbound",
    From: call.from,
    FromCity: "",
    FromCountry: "US",
    To: number.phoneNumber,
    ToCity: "",
    ToCountry: "US",
  };
}

const statusParameters = (voice: Record<string, string>, now: number): Record<string, string> => ({
  ...voice,
  CallDuration: CALL_SECONDS,
  CallStatus: "completed",
  CallbackSource: "call-progress-events",
  Duration: "1",
  SequenceNumber: "0",
  Timestamp: mailTime(now),
});

// By GET the parameters are part of the URL, and the URL alone is signed.
function signed(
  kind: Webhook["kind"],
  method: Webhook["method"],
  target: string,
  parameters: WebhookParameters,
  authToken: string,
): Webhook {
  if (method === "POST")
    return { kind, method, url: target, parameters, signature: signature(authToken, target, parameters) };
  const url = new URL(target);
  for (const [name, value] of formOf(parameters)) url.searchParams.append(name, value);
  return { kind, method, url: url.href, parameters, signature: signature(authToken, url.href, {}) };
}

// Twilio: the URL as it is called, then each name and value in the order of the names, hashed with the token as the key. A
// name that is repeated is followed by each of its different values, in order.
function signature(authToken: string, url: string, parameters: WebhookParameters): string {
  const text = Object.keys(parameters)
    .toSorted()
    .flatMap((name) => [...new Set([parameters[name] ?? []].flat())].toSorted().map((value) => name + value));
  return createHmac("sha1", authToken)
    .update(url + text.join(""))
    .digest("base64");
}

function formOf(parameters: WebhookParameters): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of [values].flat()) form.append(name, value);
  }
  return form;
}

async function request(webhook: Webhook): Promise<AnsweredWebhook> {
  const { method, url, parameters } = webhook;
  if (!isLoopbackHost(new URL(url).hostname)) return { ...webhook, status: null, body: null };
  try {
    const answer = await fetch(url, {
      method,
      headers: { "user-agent": "TwilioProxy/1.1", accept: "*/*", "x-twilio-signature": webhook.signature },
      ...(method === "POST" ? { body: formOf(parameters) } : {}),
      redirect: "manual", // A redirect could lead off this machine.
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return { ...webhook, status: answer.status, body: (await answer.text()).slice(0, ANSWER_CHARACTERS_MAX) };
  } catch {
    return { ...webhook, status: null, body: null };
  }
}
