// Reads what SES answered to SendEmail. Decides one thing above all: is it proven that the mail was not taken? Only an
// error that SES itself names in the 4xx range proves it; whatever else went wrong, it may be on its way.
import type { MailRefusal, SendOutcome } from "../../core/ports/mailer.ts";
import type { Result } from "../../core/result.ts";
import { type AwsError, readJsonError } from "../aws/error.ts";
import type { BoundedAnswer, NoAnswer } from "../system/bounded-fetch.ts";
import { asText, parseJsonObject } from "../system/json.ts";

export type SendReading =
  | SendOutcome
  /** Proven not taken, and worth another attempt of ours. */
  | { readonly kind: "throttled" }
  /** The tenant is not associated with what it needs: a 403 that says nothing about our credentials. */
  | { readonly kind: "not_associated"; readonly reason: string };

/** The sending quota is over a sliding day: an hour from now some of it is free again. */
const QUOTA_RETRY_SECONDS = 3600;

const MESSAGE_ID = /^[\x21-\x7e]{1,200}$/;

const THROTTLES: ReadonlySet<string> = new Set([
  "TooManyRequestsException",
  "ThrottlingException",
  "LimitExceededException",
]);
const PAUSES: ReadonlySet<string> = new Set([
  "SendingPausedException",
  "ConfigurationSetSendingPausedException",
  "AccountSuspendedException",
]);
/** Refusals that no change of the mail could avert: what we are, or what we made at SES, is not what it must be. */
const OURS_TO_MEND: ReadonlySet<string> = new Set([
  "NotFoundException",
  "AccessDeniedException",
  "SignatureDoesNotMatch",
  "InvalidSignatureException",
  "IncompleteSignatureException",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "ExpiredTokenException",
  "MissingAuthenticationTokenException",
]);

export function readSendAnswer(answer: Result<BoundedAnswer, NoAnswer>): SendReading {
  if (!answer.ok) return { kind: "unknown" };
  const { status, body } = answer.value;
  if (status < 300) {
    const accepted = parseJsonObject(new TextDecoder().decode(body));
    const providerMessageId = asText(accepted?.MessageId, 200);
    return providerMessageId !== null && MESSAGE_ID.test(providerMessageId)
      ? { kind: "accepted", providerMessageId }
      : { kind: "unknown" };
  }
  if (status >= 500) return { kind: "unknown" };
  return readError(readJsonError(answer.value));
}

function readError(error: AwsError): SendReading {
  const { status, type, message } = error;
  if (status === 413) return refused({ kind: "provider_size_limit" });
  // Nobody has to name a 429: RFC 6585 section 4 says it was not served.
  if (type === null && status !== 429) return { kind: "unknown" };
  if (/daily message quota exceeded/i.test(message))
    return refused({ kind: "account_capacity_exceeded", retryAfterSeconds: QUOTA_RETRY_SECONDS });
  if (type === null || status === 429 || THROTTLES.has(type)) return { kind: "throttled" };
  if (status === 403 && /tenant not associated with/i.test(message))
    return { kind: "not_associated", reason: message };
  if (PAUSES.has(type) || saysPaused(message)) return refused({ kind: "sending_paused", reason: message });
  if (status === 401 || status === 403 || OURS_TO_MEND.has(type))
    return refused({ kind: "provider_misconfigured", reason: `${type}: ${message}` });
  if (saysTooLarge(message)) return refused({ kind: "provider_size_limit" });
  return refused({ kind: "message_rejected", reason: message === "" ? type : message });
}

const refused = (refusal: MailRefusal): SendReading => ({ kind: "refused", refusal });

/** The type SES gives for a paused tenant is written nowhere; the console's words are "paused" and "disabled". */
const saysPaused = (message: string): boolean =>
  /\bsending (is|has been|was) (paused|disabled|suspended)\b/i.test(message);

/** "Message length is more than 41943040 bytes long", as BadRequestException or InvalidParameterValue. */
const saysTooLarge = (message: string): boolean =>
  /message length is more than|(message|content) (size|is too large)/i.test(message);
