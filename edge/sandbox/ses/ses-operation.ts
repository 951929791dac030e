// What the SES v2 operations have in common: their shape, the reading of their bodies, and the errors and pages that
// many of them answer. SES API v2 reference, "Common Errors"; rest-json 1.1.
import type { z } from "zod";

import { AwsError } from "../aws-error.ts";
import type { Sandbox } from "../sandbox.ts";

export type SesInput = {
  /** The variable parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON body; `{}` when there was none. */
  readonly body: unknown;
  /** Long strings of the body, which hold a `longStringMark` in `body`. */
  readonly longStrings: readonly Uint8Array<ArrayBuffer>[];
};

/** Answers the JSON body; throws an `AwsError` for what SES refuses. */
export type SesOperation = (sandbox: Sandbox, input: SesInput) => object;

export const badRequest = (message: string): AwsError => new AwsError(400, "BadRequestException", message);
export const notFound = (message: string): AwsError => new AwsError(404, "NotFoundException", message);
// 400, not 409.
export const alreadyExists = (message: string): AwsError =>
  new AwsError(400, "AlreadyExistsException", message);
export const limitExceeded = (message: string): AwsError =>
  new AwsError(400, "LimitExceededException", message);

/** The body as the schema reads it; members the schema does not name are ignored, as SES ignores them. */
export function parseBody<T>(schema: z.ZodType<T>, input: SesInput): T {
  const parsed = schema.safeParse(input.body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map(String).join(".");
  const member = path.charAt(0).toLowerCase() + path.slice(1);
  const isMissing = issue?.message.endsWith("received undefined") ?? false;
  if (issue?.code === "invalid_type" && !isMissing) {
    throw new AwsError(400, "SerializationException", `${path}: ${issue.message}`);
  }
  const constraint = isMissing ? "Member must not be null" : (issue?.message ?? "");
  throw badRequest(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

/** A path variable; the router has matched it, so it is there. */
export const param = (input: SesInput, name: string): string => input.params[name] ?? "";

export const toSeconds = (ms: number): number => ms / 1000;

const PAGE_SIZE = 100;
const PAGE_SIZE_MAX = 1_000;

/** One page of `list`, which is asked for one more than fits; the token is the last item's key. */
export function page<T>(
  options: { NextToken?: string | undefined; PageSize?: number | undefined },
  list: (after: string, limit: number) => readonly T[],
  keyOf: (item: T) => string,
): { items: readonly T[]; token: { NextToken?: string } } {
  const size = Math.min(options.PageSize ?? PAGE_SIZE, PAGE_SIZE_MAX);
  const after = options.NextToken === undefined ? "" : Buffer.from(options.NextToken, "base64url").toString();
  const found = list(after, size + 1);
  const items = found.slice(0, size);
  const last = items.at(-1);
  if (found.length <= size || last === undefined) return { items, token: {} };
  return { items, token: { NextToken: Buffer.from(keyOf(last)).toString("base64url") } };
}
