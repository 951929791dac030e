// `Idempotency-Key` around an operation that creates something: the same request again gets the first answer, another
// request under the same key is refused, and one that still runs asks for patience. The key itself is reserved by the
// store, in the transaction that creates the resource, so a refusal before it keeps nothing.
// See draft-ietf-httpapi-idempotency-key-header; the key may be quoted (an RFC 8941 string) or bare.
import type { IdempotencyClaim, IdempotencyRecord } from "../core/idempotency/idempotency.ts";
import { OPERATOR_CLAIM_SCOPE } from "../core/idempotency/idempotency.ts";
import { err, ok, type Result } from "../core/result.ts";
import { fingerprintOf } from "./idempotency-fingerprint.ts";
import type { Operation, OperationInput } from "./operation.ts";
import type { Refusal } from "./refusal.ts";

/** 1 to 255 printable ASCII characters. */
const KEY = /^[\x20-\x7e]{1,255}$/;
/** Most requests that create something end within a few provider calls. */
const IN_PROGRESS_RETRY_SECONDS = 2;

/** The key in the header, null without one; a malformed one is refused rather than ignored. */
export function readIdempotencyKey(request: Request): Result<string | null, Refusal> {
  const header = request.headers.get("idempotency-key");
  if (header === null) return ok(null);
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1];
  const key = quoted === undefined ? header : quoted.replace(/\\(["\\])/g, "$1");
  return KEY.test(key) ? ok(key) : err({ kind: "idempotency_key_invalid" });
}

/** A key with the fingerprint of what this request asks for. */
export async function claimFor(
  key: string,
  operation: string,
  path: string,
  body: unknown,
): Promise<IdempotencyClaim> {
  return { key, fingerprint: await fingerprintOf({ operation, path, fields: body }) };
}

/** The first answer to this claim, if there was one; null when the operation is to run. */
export async function answerEarlier(
  operation: Operation,
  input: OperationInput,
  claim: IdempotencyClaim,
): Promise<Result<Response, Refusal> | null> {
  const scope = input.workspaceId ?? OPERATOR_CLAIM_SCOPE;
  const record = await input.ports.idempotency.find(scope, claim.key, input.ports.clock.now());
  if (!record) return null;
  if (record.fingerprint !== claim.fingerprint) return err({ kind: "idempotency_key_reused" });
  const answer = record.answer ?? (await answerFromResource(operation, input, record));
  if (!answer) return err(IN_PROGRESS);
  const headers = { "Content-Type": "application/json", "Idempotency-Replayed": "true" };
  return ok(new Response(answer.body, { status: answer.status, headers }));
}

/** Keeps the first answer for the claim. If this is lost in a crash, the resource answers in its place. */
export async function keepAnswer(
  input: OperationInput,
  claim: IdempotencyClaim,
  resourceId: string,
  answer: { readonly status: number; readonly body: string },
): Promise<void> {
  const scope = input.workspaceId ?? OPERATOR_CLAIM_SCOPE;
  await input.ports.idempotency.recordAnswer(scope, claim.key, resourceId, answer);
}

/** The claim was lost to a request that took the key a moment ago. */
export const IN_PROGRESS: Refusal = {
  kind: "request_in_progress",
  retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS,
};

async function answerFromResource(
  operation: Operation,
  input: OperationInput,
  record: IdempotencyRecord,
): Promise<{ status: number; body: string } | null> {
  if (operation.idempotency === undefined || operation.idempotency === "handler") return null;
  const body = await operation.idempotency.resume(input, record.resourceId);
  return body === null ? null : { status: operation.answer.status, body: JSON.stringify(body) };
}
