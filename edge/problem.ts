// Every way a request can be refused, by kind. The rows (problem-table.ts) give status, title and what to do next: the
// same table answers requests (RFC 9457 application/problem+json) and documents them in OpenAPI.
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { OutageError } from "../core/outage.ts";
import type { AppEnv } from "./app-env.ts";
import { PROBLEMS, type ProblemRow } from "./problem-table.ts";
import type { Refusal } from "./refusal.ts";

/** The answer to a refusal: its row's status and title, the detail, and the members the error promises. */
export function problem(context: Context<AppEnv>, refusal: Refusal): Response {
  // Each row takes exactly its own kind; the union of rows cannot be called with the union of kinds.
  const row = PROBLEMS[refusal.kind] as ProblemRow<Refusal>;
  const body = {
    type: `${PROBLEM_TYPE_BASE}${refusal.kind}`,
    title: row.title,
    status: row.status,
    detail: row.detail(refusal),
    code: refusal.kind,
    request_id: context.get("requestId"),
    ...row.members?.(refusal),
  };
  context.set("problemCode", refusal.kind);
  if (row.status >= 500 && "reason" in refusal && refusal.reason) context.set("reason", refusal.reason);
  return context.body(JSON.stringify(body), row.status as ContentfulStatusCode, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    ...row.headers?.(refusal),
  });
}

/** Types are names, not pages to fetch (RFC 9457 section 3.1.1); the code after the colon is the stable part. */
const PROBLEM_TYPE_BASE = "urn:postrider:problem:";

/** What an outage of something outside is answered with. */
export function refusalOfOutage({ outage }: OutageError): Refusal {
  const retryAfterSeconds = outage.retryAfterSeconds ?? OUTAGE_RETRY_SECONDS;
  if (outage.cause === "busy") return { kind: "busy", retryAfterSeconds };
  if (outage.service === "storage" || outage.service === "blobs")
    return { kind: "storage_unavailable", retryAfterSeconds };
  return { kind: outage.cause === "timed_out" ? "provider_timed_out" : "provider_unavailable" };
}

/** Long enough for a restart or a failover, short enough that a client's queue does not pile up. */
const OUTAGE_RETRY_SECONDS = 5;
