// From a request to parsed values: path ids (404), query (422), JSON body (400, 413, 415, 422). Unknown members and
// parameters are refused by strict schemas, so that a misspelt filter never silently lists everything.
import { z } from "@hono/zod-openapi";
import { type Id, parseId } from "../core/ids.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Operation } from "./operation.ts";
import type { FieldFault, Refusal } from "./refusal.ts";
import { type BodyBudget, readBody } from "./request-body.ts";

/** The largest JSON body: a description of 2,000 characters and names fit many times over. */
const JSON_BYTES_MAX = 64 * 1024;
/** More faults than this help nobody, and each echoes a part of the request. */
const FIELD_FAULTS_MAX = 20;

/** Path ids by name; a text that is no UUID is refused as an unknown id would be. */
export function parseIds(
  operation: Operation,
  parameters: Readonly<Record<string, string>>,
): Result<Record<string, Id>, Refusal> {
  const ids: Record<string, Id> = {};
  for (const [name, kind] of Object.entries(operation.ids ?? {})) {
    const id = parseId(parameters[name] ?? "");
    // The kinds listed under `ids` are plain "not found" ones, without members.
    if (id === null) return err({ kind } as Refusal);
    ids[name] = id;
  }
  return ok(ids);
}

const NO_PARAMETERS = z.strictObject({});

/** A parameter given once is a text, given more often a list of texts. Without a schema none may be given. */
export function parseQuery(schema: z.ZodType | undefined, url: string): Result<unknown, Refusal> {
  // Without a prototype: `?__proto__=` is a parameter like any other, and unknown.
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URL(url).searchParams) {
    const earlier = query[name];
    query[name] = earlier === undefined ? value : [...(Array.isArray(earlier) ? earlier : [earlier]), value];
  }
  return parseWith(schema ?? NO_PARAMETERS, query, (path) => path.join("."));
}

export async function parseJson(
  schema: z.ZodType | undefined,
  request: Request,
  budget: BodyBudget,
): Promise<Result<unknown, Refusal>> {
  if (!schema) return ok(undefined);
  // For the few whose body may be left out.
  if (isBodyless(request) && schema.safeParse(undefined).success) return ok(undefined);
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/json" && !/^application\/[a-z0-9.+-]+\+json$/.test(type))
    return err({ kind: "unsupported_media_type", expected: "application/json" });
  const read = await readBody(request, { maxBytes: JSON_BYTES_MAX, budget });
  if (!read.ok) return read;
  const json = decodeJson(read.value.octets);
  read.value.release();
  if (!json.ok) return json;
  return parseWith(schema, json.value, (path) => path.map((step) => `/${pointerStep(step)}`).join(""));
}

function decodeJson(octets: Uint8Array): Result<unknown, Refusal> {
  try {
    return ok(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets)));
  } catch {
    return err({ kind: "malformed_json" });
  }
}

/** Whatever type it claims: clients name one for a body they then leave out (RFC 9112 section 6.3). */
const isBodyless = ({ headers }: Request): boolean =>
  !headers.has("transfer-encoding") && (headers.get("content-length") ?? "0") === "0";

function parseWith(
  schema: z.ZodType,
  value: unknown,
  toPointer: (path: readonly PropertyKey[]) => string,
): Result<unknown, Refusal> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const errors = parsed.error.issues
    .flatMap((issue) => toFaults(issue, toPointer))
    .slice(0, FIELD_FAULTS_MAX);
  return err({ kind: "validation_failed", errors });
}

function toFaults(
  issue: z.core.$ZodIssue,
  toPointer: (path: readonly PropertyKey[]) => string,
): FieldFault[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      pointer: cut(toPointer([...issue.path, key])),
      code: "unknown_member",
      message: "is not known here; check its spelling or leave it out",
    }));
  // Refinements of ours name their own code in `params`.
  const code = issue.code === "custom" ? issue.params?.["code"] : undefined;
  return [
    {
      pointer: cut(toPointer(issue.path)),
      code: typeof code === "string" ? code : issue.code,
      message: issue.message,
    },
  ];
}

/** Names come from the sender: what is echoed is bounded. */
export const POINTER_CHARACTERS_MAX = 100;
const cut = (pointer: string): string => pointer.slice(0, POINTER_CHARACTERS_MAX);

/** RFC 6901 section 3. */
const pointerStep = (step: PropertyKey): string => String(step).replaceAll("~", "~0").replaceAll("/", "~1");
