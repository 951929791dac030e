// One call to SES v2: JSON in, JSON or nothing out, errors mapped to what core decides on. Sending has
// rules of its own and does not come through here (mailer.ts).
import type { ProviderFault } from "../../core/ports/mail-provider.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { type AwsError, readJsonError } from "../aws/error.ts";
import { endpointUrl } from "../aws/settings.ts";
import type { SignedFetch } from "../aws/signed-fetch.ts";
import type { NoAnswer } from "../system/bounded-fetch.ts";
import { type JsonObject, parseJsonObject } from "../system/json.ts";

/** At most 8 s a call. */
const CALL_TIMEOUT_MS = 8000;
/** An identity with 50 tags and policies stays far below. */
const ANSWER_BYTES_MAX = 256 * 1024;

/** `path` is percent-encoded and follows `/v2/email`. An empty 200 answers an empty object. */
export type SesCall = (
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: JsonObject,
) => Promise<Result<JsonObject, ProviderFault>>;

export function makeSesCall(signedFetch: SignedFetch, endpoint: string): SesCall {
  return async (method, path, body) => {
    const answer = await signedFetch.send({
      service: "ses",
      method,
      url: endpointUrl(endpoint, `/v2/email${path}`),
      ...(body ? { contentType: "application/json", body: JSON.stringify(body) } : {}),
      timeoutMs: CALL_TIMEOUT_MS,
      answerBytesMax: ANSWER_BYTES_MAX,
    });
    if (!answer.ok) return err(silenceFault(answer.error));
    if (answer.value.status >= 400) return err(errorFault(readJsonError(answer.value)));
    const text = new TextDecoder().decode(answer.value.body).trim();
    const members = text === "" ? {} : parseJsonObject(text);
    return members ? ok(members) : err(unreadable("an answer that is no JSON object"));
  };
}

/** A success that does not say what it should: the call may well have been carried out. */
export const unreadable = (what: string): ProviderFault => ({
  kind: "unavailable",
  reason: `SES gave ${what}`,
});

const silenceFault = (silence: NoAnswer): ProviderFault => ({
  kind: silence.kind === "timed_out" ? "timed_out" : "unavailable",
  reason: silence.detail,
});

const KINDS: Readonly<Record<string, ProviderFault["kind"]>> = {
  AlreadyExistsException: "already_exists",
  NotFoundException: "not_found",
  TooManyRequestsException: "throttled",
  ThrottlingException: "throttled",
};

function errorFault(error: AwsError): ProviderFault {
  const reason = [error.type ?? `status ${error.status}`, error.message]
    .filter((part) => part !== "")
    .join(": ");
  return { kind: kindOf(error), reason };
}

function kindOf({ status, type }: AwsError): ProviderFault["kind"] {
  // ConcurrentModificationException is a 500 as well: asked again, it answers what is there.
  if (status >= 500) return "unavailable";
  const known = type === null ? undefined : KINDS[type];
  if (known) return known;
  if (status === 429) return "throttled";
  // No type: it was not SES that spoke.
  return type === null ? "unavailable" : "refused";
}
