// What the OpenAPI document says of an operation: derived from the same data that serves it, the problem table included.
import { type RouteConfig, z } from "@hono/zod-openapi";
import { PROBLEMS } from "./problem-table.ts";
import type { Examples, Operation, OperationPath } from "./operation.ts";
import type { RefusalKind } from "./refusal.ts";

export const Problem = z
  .object({
    type: z.string().openapi({ example: "urn:postrider:problem:setup_not_found" }),
    title: z.string().openapi({ example: "No such setup" }),
    status: z.int().openapi({ example: 404 }),
    detail: z.string().openapi({ example: "Check the setup's id and its workspace." }),
    code: z.string().openapi({ example: "setup_not_found", description: "Stable: branch on this." }),
    request_id: z.string().openapi({ example: "01J9ZQ3M7R" }),
    errors: z
      .array(z.object({ pointer: z.string(), code: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "The invalid fields, when the code is validation_failed." }),
  })
  .openapi("Problem", { description: "RFC 9457 problem details; some codes add members of their own." });

/** Kinds any operation may answer, whatever it does. */
const ALWAYS: readonly RefusalKind[] = [
  "unauthorized",
  "permission_missing",
  // A parameter that is not known is refused, also by an operation that knows none.
  "validation_failed",
  "storage_unavailable",
  "internal_error",
];
const WITH_JSON: readonly RefusalKind[] = [
  "malformed_json",
  "body_incomplete",
  "body_too_large",
  "unsupported_media_type",
  "busy",
];
const WITH_IDEMPOTENCY: readonly RefusalKind[] = [
  "idempotency_key_invalid",
  "idempotency_key_reused",
  "request_in_progress",
];

export function describeOperation(operation: Operation, { path, operationId }: OperationPath): RouteConfig {
  return {
    method: operation.method,
    path,
    operationId,
    tags: [operation.tag],
    // Both path families have the operation: the names tell them apart in a list.
    summary:
      operation.paths.length > 1 && path.includes("{workspace_id}")
        ? `${operation.summary} (workspace in the path)`
        : operation.summary,
    description: describe(operation),
    security: [{ bearerAuth: [] }],
    request: {
      params: z.object(parameterSchemas(operation, path)),
      ...(operation.query ? { query: operation.query as z.ZodObject } : {}),
      ...(operation.idempotency || operation.needsWorkspace
        ? { headers: z.object(headerSchemas(operation, path)) }
        : {}),
      ...requestBody(operation),
    },
    responses: { ...success(operation), ...refusals(operation, path) },
  };
}

const describe = ({ description, permission }: Operation): string =>
  `${description}\n\n${permission === null ? "For the operator's key only." : `Permission: \`${permission}\`.`}`;

function parameterSchemas(operation: Operation, path: string): Record<string, z.ZodType> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  return Object.fromEntries(
    names.map((name) => [
      name,
      operation.parameters?.[name] === undefined
        ? z.uuid().openapi({ example: "01920f3e-7c1a-7b2e-9d3c-5f6a7b8c9d0e" })
        : z.string().openapi({ description: operation.parameters[name] }),
    ]),
  );
}

function headerSchemas(operation: Operation, path: string): Record<string, z.ZodType> {
  const idempotencyKey = z.string().max(255).optional().openapi({
    description: "Repeating a request with the same key answers the first answer again, for 24 hours.",
  });
  const workspaceId = z
    .uuid()
    .optional()
    .openapi({ description: "The workspace acted in; required with the operator's key on this path." });
  return {
    ...(operation.idempotency ? { "Idempotency-Key": idempotencyKey } : {}),
    ...(operation.needsWorkspace && !path.includes("{workspace_id}") ? { "Workspace-Id": workspaceId } : {}),
  };
}

function requestBody({ body, form }: Operation): NonNullable<RouteConfig["request"]> {
  if (body)
    return {
      body: {
        required: true,
        content: { "application/json": { schema: body.schema, examples: named(body) } },
      },
    };
  if (form) return { body: { required: true, content: { "multipart/form-data": { schema: form } } } };
  return {};
}

/** Named, never `example`: the portal (RapiDoc 9.3.8) drops that one, and breaks off when a member of it is null. */
const named = ({ example, otherExamples }: Examples<unknown>) =>
  Object.fromEntries(
    Object.entries({ usual: example, ...otherExamples }).map(([name, value]) => [name, { value }]),
  );

function success({ answer, summary }: Operation): NonNullable<RouteConfig["responses"]> {
  if ("schema" in answer)
    return {
      [answer.status]: {
        description: summary,
        content: { "application/json": { schema: answer.schema, examples: named(answer) } },
      },
    };
  const contentTypes = [answer.contentType ?? []].flat();
  const content = Object.fromEntries(contentTypes.map((type) => [type, { schema: z.string() }]));
  return {
    [answer.status]: { description: answer.description, ...(contentTypes.length > 0 ? { content } : {}) },
  };
}

/** One response a status, listing the codes it may carry. */
function refusals(operation: Operation, path: string): NonNullable<RouteConfig["responses"]> {
  const kinds = new Set<RefusalKind>([
    ...ALWAYS,
    // Named in the path, or by the operator in `Workspace-Id`.
    ...(path.includes("{workspace_id}") || operation.needsWorkspace
      ? (["workspace_not_found"] as const)
      : []),
    ...(operation.permission === null ? (["operator_only"] as const) : []),
    ...(operation.body ? WITH_JSON : []),
    ...(operation.idempotency ? WITH_IDEMPOTENCY : []),
    ...(operation.needsWorkspace && !path.includes("{workspace_id}")
      ? (["workspace_required"] as const)
      : []),
    ...operation.refusals,
  ]);
  const byStatus = Map.groupBy([...kinds].toSorted(), (kind) => PROBLEMS[kind].status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((kind) => `\`${kind}\`: ${PROBLEMS[kind].title}.`).join("\n"),
        content: { "application/problem+json": { schema: Problem } },
      },
    ]),
  );
}
