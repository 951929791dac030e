// One HTTP operation as data: what it needs, takes, answers and may refuse. `mount.ts` turns it into routes (one or two
// path families), checks requests in the order of the conventions and documents it in OpenAPI from the same data.
import type { z } from "@hono/zod-openapi";
import { assert } from "../core/assert.ts";
import type { Caller } from "../core/access/caller.ts";
import type { Permission } from "../core/access/permission.ts";
import type { ClaimLost, IdempotencyClaim } from "../core/idempotency/idempotency.ts";
import type { Id } from "../core/ids.ts";
import type { Result } from "../core/result.ts";
import type { Ports } from "./ports.ts";
import type { RefusalKind, RefusalOf } from "./refusal.ts";

/** A path with `{parameters}`, and the operationId it is registered under. */
export type OperationPath = { readonly path: string; readonly operationId: string };

/** What a handler is given: everything already parsed and allowed. */
export type OperationInput<Query = unknown, Body = unknown, Name extends string = string> = {
  readonly ports: Ports;
  readonly caller: Caller;
  /** The workspace acted in; null when the operator used a short path. */
  readonly workspaceId: Id | null;
  /** Path ids by parameter name (`setup_id`), each a UUID in lower case. */
  readonly ids: Readonly<Record<Name, Id>>;
  /** Other path parameters, percent-decoded. */
  readonly parameters: Readonly<Record<Name, string>>;
  readonly query: Query;
  readonly body: Body;
  /** For operations that read the request themselves (the form of a send). */
  readonly request: Request;
  /** For operations that honour the key themselves. */
  readonly idempotencyKey: string | null;
  readonly claim: IdempotencyClaim | null;
};

/** The usual one, and one by its name for each other form that a union has. */
export type Examples<Value> = {
  readonly example: Value;
  readonly otherExamples?: Readonly<Record<string, Value>>;
};

type Answer<Body> =
  | ({ readonly status: 200 | 201; readonly schema: z.ZodType<Body> } & Examples<Body>)
  /** No JSON: the handler makes the Response, of this type or one of these; null: no content. */
  | {
      readonly status: 200 | 204 | 307;
      readonly description: string;
      readonly contentType: string | readonly string[] | null;
    };

/** Where the documents list it. */
export type OperationTag =
  | "Workspaces"
  | "API keys"
  | "Setups"
  | "Twilio setups"
  | "Use cases"
  | "Phone numbers"
  | "E-mails"
  | "Inbound e-mails"
  | "Suppressions"
  | "Operator";

type Spec<Query, Body, AnswerBody, Name extends string, Kind extends RefusalKind> = {
  readonly summary: string;
  readonly description: string;
  readonly tag: OperationTag;
  readonly method: "get" | "post" | "delete";
  readonly paths: readonly OperationPath[];
  /** Null: the operator's alone. */
  readonly permission: Permission | null;
  /** Path ids beside `workspace_id`, and what a text that is no UUID is refused with: the same as an unknown id. */
  readonly ids?: Readonly<Partial<Record<Name, Kind>>>;
  /** Other path parameters: their description. */
  readonly parameters?: Readonly<Partial<Record<Name, string>>>;
  readonly query?: z.ZodType<Query>;
  readonly body?: { readonly schema: z.ZodType<Body> } & Examples<unknown>;
  /** A multipart form the handler reads itself: documented only. */
  readonly form?: z.ZodType;
  /** It makes something in a workspace: on a short path the operator has to name one in `Workspace-Id`. */
  readonly needsWorkspace?: boolean;
  /**
   * Honours `Idempotency-Key`. `resume` answers for a resource whose first answer was never stored (a crash): null
   * while it is still being made. `handler`: the operation honours the key itself.
   */
  readonly idempotency?:
    | {
        readonly resume: (
          input: OperationInput<Query, Body, Name>,
          resourceId: Id,
        ) => Promise<AnswerBody | null>;
      }
    | "handler";
  readonly refusals: readonly Kind[];
  readonly answer: Answer<AnswerBody>;
  readonly handle: (
    input: OperationInput<Query, Body, Name>,
  ) => Promise<Result<AnswerBody | Response, RefusalOf<Kind> | ClaimLost>>;
};

/** An operation with its types forgotten: what `mount` works on. */
export type Operation = Spec<unknown, unknown, unknown, string, RefusalKind>;

/** Declares an operation. A handler that can refuse with a kind missing from `refusals` does not compile. */
export function operation<
  Query,
  Body,
  AnswerBody,
  const Kind extends RefusalKind = never,
  const Name extends string = never,
>(spec: Spec<Query, Body, AnswerBody, Name, Kind>): Operation {
  // The types hold here, where they are known; mount validates by the same schemas at run time.
  return spec as unknown as Operation;
}

/** The workspace of an operation that always has one: its paths name it, or it `needsWorkspace`. */
export function inWorkspace({ workspaceId }: { readonly workspaceId: Id | null }): Id {
  assert(workspaceId !== null, "the operation has to name its workspace in the path or need one");
  return workspaceId;
}
