// Turns operations into routes and into their part of the OpenAPI document. Every request is checked in one order: who,
// where, may they (401, 404, 403), then the request itself (404 of ids, 400, 413, 415, 422), then the operation.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { IdempotencyClaim } from "../core/idempotency/idempotency.ts";
import { err, ok, type Result } from "../core/result.ts";
import { admit } from "./admit.ts";
import type { AppEnv } from "./app-env.ts";
import { answerEarlier, claimFor, IN_PROGRESS, keepAnswer, readIdempotencyKey } from "./idempotency.ts";
import { describeOperation } from "./openapi.ts";
import type { Operation, OperationInput } from "./operation.ts";
import { parseIds, parseJson, parseQuery } from "./parse-request.ts";
import { problem } from "./problem.ts";
import type { Refusal } from "./refusal.ts";

/** Registers an operation at each of its paths. */
export function mount(app: OpenAPIHono<AppEnv>, operation: Operation): void {
  for (const operationPath of operation.paths) {
    const pattern = operationPath.path.replaceAll(/\{(\w+)\}/g, ":$1");
    app.openAPIRegistry.registerPath(describeOperation(operation, operationPath));
    app.on([operation.method.toUpperCase()], [pattern], async (context: Context<AppEnv>) => {
      const answer = await serve(context, operation, operationPath.path);
      return answer.ok ? answer.value : problem(context, answer.error);
    });
  }
}

async function serve(
  context: Context<AppEnv>,
  operation: Operation,
  path: string,
): Promise<Result<Response, Refusal>> {
  const ports = context.get("ports");
  const request = context.req.raw;
  const parameters = context.req.param() as Record<string, string>;
  const workspaceText = path.includes("{workspace_id}") ? (parameters["workspace_id"] ?? "") : null;

  const admitted = await admit(ports, request, operation, workspaceText);
  if (!admitted.ok) return admitted;
  if (admitted.value.workspaceId) context.set("workspaceId", admitted.value.workspaceId);
  const ids = parseIds(operation, parameters);
  if (!ids.ok) return ids;
  const query = parseQuery(operation.query, request.url);
  if (!query.ok) return query;
  const body = await parseJson(operation.body?.schema, request, ports.bodyBudget);
  if (!body.ok) return body;
  const key = operation.idempotency ? readIdempotencyKey(request) : ok(null);
  if (!key.ok) return key;

  const input: OperationInput = {
    ports,
    ...admitted.value,
    ids: ids.value,
    parameters,
    query: query.value,
    body: body.value,
    request,
    idempotencyKey: key.value,
    claim: null,
  };
  if (key.value === null || operation.idempotency === "handler") return run(operation, input);
  // Both path families are one operation: the claim binds the operation and its ids, not the spelling of the path.
  const target = JSON.stringify(ids.value);
  const name = operation.paths[0]?.operationId ?? "";
  return runOnce(operation, input, await claimFor(key.value, name, target, body.value));
}

/** Under a claim: an earlier request's answer, or the operation and its answer kept for later ones. */
async function runOnce(
  operation: Operation,
  input: OperationInput,
  claim: IdempotencyClaim,
): Promise<Result<Response, Refusal>> {
  const earlier = await answerEarlier(operation, input, claim);
  if (earlier) return earlier;
  const handled = await operation.handle({ ...input, claim });
  if (!handled.ok) {
    if (handled.error.kind !== "claim_lost") return err(handled.error);
    return (await answerEarlier(operation, input, claim)) ?? err(IN_PROGRESS);
  }
  const text = JSON.stringify(handled.value);
  const { status } = operation.answer;
  await keepAnswer(input, claim, resourceIdOf(handled.value), { status, body: text });
  return ok(jsonResponse(status, text));
}

async function run(operation: Operation, input: OperationInput): Promise<Result<Response, Refusal>> {
  const handled = await operation.handle(input);
  if (!handled.ok) return handled.error.kind === "claim_lost" ? err(IN_PROGRESS) : err(handled.error);
  if (handled.value instanceof Response) return ok(handled.value);
  return ok(jsonResponse(operation.answer.status, JSON.stringify(handled.value)));
}

const jsonResponse = (status: number, text: string): Response =>
  new Response(text, {
    status,
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store" },
  });

/** Everything that can be created answers with its id. */
function resourceIdOf(answer: unknown): string {
  if (typeof answer === "object" && answer !== null && "id" in answer && typeof answer.id === "string")
    return answer.id;
  throw new Error("an operation that honours idempotency keys has to answer with an id");
}
