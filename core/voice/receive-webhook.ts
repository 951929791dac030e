// Takes what Twilio posted to one of our hooks. Genuine is what is signed with the account's token over the address that we
// gave Twilio (not the one the request claims to have come to) and everything in it: Twilio, "Webhooks Security". Whoever
// cannot sign learns nothing, not even whether there is such a use case. Done means durable.
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { SecretBox } from "../ports/secret-box.ts";
import type { VoiceWebhookStore, WebhookParameters, WebhookSignatures } from "../ports/voice-webhooks.ts";
import { err, ok, type Result } from "../result.ts";
import { openAccount } from "./find-twilio-setup.ts";
import { type WebhookKind, webhookUrl } from "./phone-number.ts";

export type ReceiveWebhookPorts = {
  readonly voiceWebhooks: VoiceWebhookStore;
  readonly webhookSignatures: WebhookSignatures;
  readonly secretBox: SecretBox;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly settings: { readonly publicUrl: string };
};

export type ReceiveWebhook = {
  readonly useCaseId: Id;
  readonly kind: WebhookKind;
  /** With its question mark, or empty: part of what is signed. */
  readonly query: string;
  readonly parameters: WebhookParameters;
  readonly signature: string;
};

export type WebhookRefused =
  | { readonly kind: "webhook_refused" }
  /** Genuine, but of a number that does not serve the use case. */
  | { readonly kind: "phone_number_not_found" };

const CALL_SID = /^CA[0-9a-f]{32}$/;
/** Twilio, "Call Resource": the longest status is `in-progress`. */
const CALL_STATUS = /^[a-z-]{1,32}$/;
const SEQUENCE = /^\d{1,10}$/;
const FIRST = "0";

export async function receiveWebhook(
  ports: ReceiveWebhookPorts,
  { useCaseId, kind, query, parameters, signature }: ReceiveWebhook,
): Promise<Result<void, WebhookRefused>> {
  const refused = err({ kind: "webhook_refused" as const });
  const setup = await ports.voiceWebhooks.findAccount(useCaseId);
  const account = setup && (await openAccount(ports, setup));
  if (!account?.ok) return refused;
  const url = `${webhookUrl(ports.settings.publicUrl, useCaseId, kind)}${query}`;
  const { accountSid, authToken } = account.value;
  const isGenuine = await ports.webhookSignatures.isGenuine(authToken, { url, parameters }, signature);
  const given = new Map(parameters);
  const callSid = given.get("CallSid") ?? "";
  const callStatus = given.get("CallStatus") ?? "";
  const sequence = given.get("SequenceNumber") ?? FIRST;
  if (!isGenuine || given.get("AccountSid") !== accountSid) return refused;
  if (!CALL_SID.test(callSid) || !CALL_STATUS.test(callStatus) || !SEQUENCE.test(sequence)) return refused;

  const isOutbound = given.get("Direction")?.startsWith("outbound") ?? false;
  const phoneNumber = given.get(isOutbound ? "From" : "To") ?? "";
  const isRecorded = await ports.voiceWebhooks.record({
    id: ports.ids.newId(),
    useCaseId,
    kind,
    phoneNumber,
    callSid,
    callStatus,
    sequence,
    parameters,
    receivedAt: ports.clock.now(),
  });
  return isRecorded ? ok(undefined) : err({ kind: "phone_number_not_found" });
}
