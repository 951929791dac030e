// One call to SNS's query protocol: form in, XML out.
import { OutageError } from "../../core/outage.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { type AwsError, readXmlError } from "../aws/error.ts";
import { endpointUrl } from "../aws/settings.ts";
import type { SignedFetch } from "../aws/signed-fetch.ts";

const CALL_TIMEOUT_MS = 8000;
const ANSWER_BYTES_MAX = 64 * 1024;
const API_VERSION = "2010-03-31";

/** Answers the XML, or SNS's no. Throws OutageError (`sns`) when SNS did not answer or was at fault. */
export async function callSns(
  signedFetch: SignedFetch,
  endpoint: string,
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Result<string, AwsError>> {
  const answer = await signedFetch.send({
    service: "sns",
    method: "POST",
    url: endpointUrl(endpoint, "/"),
    contentType: "application/x-www-form-urlencoded; charset=utf-8",
    body: new URLSearchParams({ Action: action, Version: API_VERSION, ...parameters }).toString(),
    timeoutMs: CALL_TIMEOUT_MS,
    answerBytesMax: ANSWER_BYTES_MAX,
  });
  if (!answer.ok) {
    const cause = answer.error.kind === "timed_out" ? "timed_out" : "unavailable";
    throw new OutageError(
      { service: "sns", cause, retryAfterSeconds: null },
      `SNS ${action}: ${answer.error.detail}`,
    );
  }
  const { status, body } = answer.value;
  if (status < 300) return ok(new TextDecoder().decode(body));
  const error = readXmlError(answer.value);
  if (status >= 500 || status === 429 || error.type === null)
    throw new OutageError(
      { service: "sns", cause: "unavailable", retryAfterSeconds: null },
      `SNS ${action}: ${status}`,
    );
  return err(error);
}
