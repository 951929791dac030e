// A phone number of a Twilio account that serves a use case: where its calls are pointed while it does, and what is left of
// that afterwards. Twilio, "IncomingPhoneNumber Resource": VoiceUrl is asked what to do with a call, StatusCallback is told
// of its end; a voice application or a SIP trunk, where one is set, comes before both.
import type { Id } from "../ids.ts";

/** `assigning`: nobody has been told that it is assigned; `releasing`: it may still point here. */
export const PHONE_NUMBER_STATUSES = ["assigning", "assigned", "releasing", "released"] as const;
export type PhoneNumberStatus = (typeof PHONE_NUMBER_STATUSES)[number];

/** Where a number's calls go. An empty URL and a null SID: nowhere. */
export type NumberTarget = {
  readonly voiceUrl: string;
  readonly voiceMethod: "GET" | "POST";
  readonly statusCallback: string;
  readonly statusCallbackMethod: "GET" | "POST";
  readonly voiceApplicationSid: string | null;
  readonly trunkSid: string | null;
};

export type PhoneNumber = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly useCaseId: Id;
  readonly twilioSetupId: Id;
  readonly phoneNumberSid: string;
  /** E.164, as Twilio has it: what calls name. */
  readonly phoneNumber: string;
  readonly status: PhoneNumberStatus;
  /** What it pointed at before, while it is `assigning`: an assignment that is undone puts it back. */
  readonly formerTarget: NumberTarget | null;
  /** When the last webhook for it was recorded. */
  readonly lastWebhookAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export const WEBHOOK_KINDS = ["voice", "status"] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

const webhookPath = (useCaseId: Id, kind: WebhookKind): string => `/hooks/twilio/${useCaseId}/${kind}`;

/** `publicUrl` is without a slash at its end. */
export const webhookUrl = (publicUrl: string, useCaseId: Id, kind: WebhookKind): string =>
  `${publicUrl}${webhookPath(useCaseId, kind)}`;

/** What to change so that its calls come to the use case. Names what overrides the URLs only where it is set. */
export const assignedTarget = (
  publicUrl: string,
  useCaseId: Id,
  { voiceApplicationSid, trunkSid }: NumberTarget,
): Partial<NumberTarget> => ({
  voiceUrl: webhookUrl(publicUrl, useCaseId, "voice"),
  voiceMethod: "POST",
  statusCallback: webhookUrl(publicUrl, useCaseId, "status"),
  statusCallbackMethod: "POST",
  ...(voiceApplicationSid === null ? {} : { voiceApplicationSid: null }),
  ...(trunkSid === null ? {} : { trunkSid: null }),
});

/** Ours for this use case, whatever address we were reached at when it was set, and whatever query was put behind it. */
const pointsAt = (url: string, useCaseId: Id): boolean =>
  WEBHOOK_KINDS.some((kind) => url.split(/[?#]/, 1)[0]?.endsWith(webhookPath(useCaseId, kind)));

/** What to clear so that it points no longer at the use case; empty when it does not. What others have set since stays. */
export const releasedTarget = (now: NumberTarget, useCaseId: Id): Partial<NumberTarget> => ({
  ...(pointsAt(now.voiceUrl, useCaseId) ? { voiceUrl: "" } : {}),
  ...(pointsAt(now.statusCallback, useCaseId) ? { statusCallback: "" } : {}),
});

/**
 * What to put back when an assignment is undone; empty when the number points elsewhere by now. What pointed at us before
 * is not put back: it was left over from another assignment.
 */
export function restoredTarget(
  now: NumberTarget,
  former: NumberTarget,
  useCaseId: Id,
  publicUrl: string,
): Partial<NumberTarget> {
  if (Object.keys(releasedTarget(now, useCaseId)).length === 0) return {};
  const elsewhere = (url: string): string => (url.startsWith(`${publicUrl}/hooks/twilio/`) ? "" : url);
  const { voiceApplicationSid, trunkSid, ...urls } = former;
  return {
    ...urls,
    voiceUrl: elsewhere(former.voiceUrl),
    statusCallback: elsewhere(former.statusCallback),
    ...(voiceApplicationSid === null ? {} : { voiceApplicationSid }),
    ...(trunkSid === null ? {} : { trunkSid }),
  };
}
