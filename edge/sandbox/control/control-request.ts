// Reading what the control paths are asked, and saying what is wrong with it: unknown members are 422 with a hint of
// what there is, so that a mistyped fault does not pass for a working one.
import type { Context } from "hono";
import type { z } from "zod";

/** No control body is large. */
const BODY_OCTETS_MAX = 1_048_576;

/** An answer in the form of RFC 9457. */
export function problem(status: number, detail: string, more: object = {}): Response {
  return Response.json(
    { type: "about:blank", status, detail, ...more },
    { status, headers: { "content-type": "application/problem+json" } },
  );
}

/** The body as the schema reads it, or the answer that refuses it. */
export async function readControlBody<T>(c: Context, schema: z.ZodType<T>): Promise<T | Response> {
  const text = await c.req.text();
  if (text.length > BODY_OCTETS_MAX) return problem(413, "Control bodies are at most 1 MB.");
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return problem(400, "The body is no JSON.");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  return problem(422, "The body has members that are unknown or wrong; see errors.", {
    errors: parsed.error.issues.map((issue) => ({
      pointer: `/${issue.path.map(String).join("/")}`,
      message: issue.message,
    })),
    hint: hint(schema),
  });
}

function hint(schema: z.ZodType): string {
  const shape: unknown = "shape" in schema ? schema.shape : undefined;
  if (typeof shape !== "object" || shape === null) return "See the README's table of control paths.";
  return `Members: ${Object.keys(shape).join(", ")}.`;
}

/** Refuses query parameters that are not among these. */
export function unknownQuery(c: Context, known: readonly string[]): Response | null {
  const unknown = Object.keys(c.req.query()).filter((name) => !known.includes(name));
  if (unknown.length === 0) return null;
  const hintText = known.length === 0 ? "There are none here." : `Parameters: ${known.join(", ")}.`;
  return problem(422, `Unknown query parameter ${unknown.join(", ")}.`, { hint: hintText });
}
