// One call to Twilio's REST API: signed in with the account's own token (HTTP Basic, RFC 7617), a form in, JSON out, errors
// mapped to what core decides on. Never repeated here. Twilio, "Requests to Twilio" and "Twilio's Responses": an error is
// `{code, message, more_info, status}`.
import type { VoiceAccount, VoiceFault } from "../../core/ports/voice-provider.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { type BoundedAnswer, boundedFetch, type NoAnswer } from "../system/bounded-fetch.ts";
import { type JsonObject, parseJsonObject } from "../system/json.ts";

/** Where Twilio answers, without a slash at the end: numbers and accounts on one host, Trust Hub on another. */
export type TwilioEndpoints = { readonly api: string; readonly trustHub: string };

export type TwilioRequest = {
  readonly endpoint: keyof TwilioEndpoints;
  readonly method: "GET" | "POST";
  /** Made of SIDs and Twilio's own words: nothing to escape. */
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

export type TwilioCall = (
  account: VoiceAccount,
  request: TwilioRequest,
) => Promise<Result<JsonObject, VoiceFault>>;

/** At most 8 s a call. */
export const CALL_TIMEOUT_MS = 8000;
/** A hundred numbers take some 150 KB. */
const ANSWER_BYTES_MAX = 1024 * 1024;
/** Twilio asks for a back-off and names no time; its limits are counted by the second. */
const THROTTLED_RETRY_SECONDS = 5;
const RETRY_SECONDS_MAX = 300;

/** Twilio, "Error and Warning Dictionary". */
const CODE = { authenticate: 20003, notFound: 20404, tooManyRequests: 20429 } as const;

export const makeTwilioCall =
  (endpoints: TwilioEndpoints): TwilioCall =>
  async ({ accountSid, authToken }, { endpoint, method, path, form, timeoutMs = CALL_TIMEOUT_MS }) => {
    const headers = {
      accept: "application/json",
      authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
      ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
    };
    const answer = await boundedFetch(
      `${endpoints[endpoint]}${path}`,
      { method, headers, ...(form ? { body: new URLSearchParams(form).toString() } : {}) },
      { timeoutMs, answerBytesMax: ANSWER_BYTES_MAX },
    );
    if (!answer.ok) return err(silenceFault(answer.error));
    const members = parseJsonObject(new TextDecoder().decode(answer.value.body));
    if (answer.value.status >= 400) return err(errorFault(answer.value, members));
    return members ? ok(members) : err(unreadable("an answer that is no JSON object"));
  };

/** A success that does not say what it should: the call may well have been carried out. */
export const unreadable = (what: string): VoiceFault => fault("unavailable", `Twilio gave ${what}`);

const fault = (kind: VoiceFault["kind"], reason: string, retryAfterSeconds = 0): VoiceFault => ({
  kind,
  reason,
  retryAfterSeconds,
});

const silenceFault = ({ kind, detail }: NoAnswer): VoiceFault =>
  fault(kind === "timed_out" ? "timed_out" : "unavailable", `Twilio: ${detail}`);

/** Twilio's messages repeat what was asked, numbers and URLs among it: the code says enough. */
function errorFault({ status, headers }: BoundedAnswer, members: JsonObject | null): VoiceFault {
  const code = members?.["code"];
  const reason = `Twilio answered ${status}${typeof code === "number" ? `, error ${code}` : ""}`;
  // Never processed, safe to repeat.
  if (status === 429 || code === CODE.tooManyRequests)
    return fault("throttled", reason, retryAfter(headers.get("retry-after")));
  if (status >= 500) return fault("unavailable", reason);
  if (status === 401 || code === CODE.authenticate) return fault("credentials_refused", reason);
  if (code === CODE.notFound) return fault("not_found", reason);
  // No code: it was not Twilio that spoke.
  return fault(typeof code === "number" ? "refused" : "unavailable", reason);
}

const retryAfter = (text: string | null): number =>
  text !== null && /^\d{1,6}$/.test(text)
    ? Math.min(Math.max(Number(text), 1), RETRY_SECONDS_MAX)
    : THROTTLED_RETRY_SECONDS;
