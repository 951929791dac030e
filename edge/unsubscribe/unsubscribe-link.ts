// `/u/{token}`: POST unsubscribes, GET and HEAD show a page and change nothing, because scanners and previews follow every
// link. No login, cookie or Origin is looked at and nothing is redirected (RFC 8058 section 3.2): the token is the permission.
import type { Context } from "hono";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { err, ok, type Result } from "../../core/result.ts";
import { readUnsubscribeLink, unsubscribe } from "../../core/unsubscribe/unsubscribe.ts";
import { UNSUBSCRIBE_SCOPES, type UnsubscribeScope } from "../../core/use-case/use-case.ts";
import type { AppEnv } from "../app-env.ts";
import { parseMultipart, textOf } from "../multipart.ts";
import { problem } from "../problem.ts";
import type { Refusal } from "../refusal.ts";
import { readBody } from "../request-body.ts";
import { choicePage, donePage, PAGE_HEADERS, unknownLinkPage } from "./page.ts";

/** Mail providers post 26 octets, as multipart some two hundred. */
const BODY_BYTES_MAX = 16 * 1024;
/** RFC 8058 section 3.1. */
const ONE_CLICK = { field: "List-Unsubscribe", value: "One-Click" };
/** The page's buttons. */
const CONFIRM_FIELD = "confirm";

export function mountUnsubscribeLink(app: OpenAPIHono<AppEnv>): void {
  app.get("/u/:token", async (context) => {
    const link = await readUnsubscribeLink(context.get("ports"), context.req.param("token"));
    return link.ok
      ? context.body(choicePage(link.value), 200, PAGE_HEADERS)
      : context.body(unknownLinkPage(), 404, PAGE_HEADERS);
  });
  app.post("/u/:token", async (context) => {
    const answer = await answerPost(context, context.req.param("token"));
    return answer.ok ? answer.value : problem(context, answer.error);
  });
}

async function answerPost(context: Context<AppEnv>, token: string): Promise<Result<Response, Refusal>> {
  const ports = context.get("ports");
  const asked = await readAsked(context);
  if (!asked.ok) return asked;
  const { isOneClick, scope } = asked.value;
  const done = await unsubscribe(ports, { token, scope });
  if (!done.ok) return done;
  // A mail provider looks at the status, a person at the page.
  if (isOneClick)
    return ok(
      context.body("You are unsubscribed.\n", 200, {
        ...PAGE_HEADERS,
        "Content-Type": "text/plain; charset=utf-8",
      }),
    );
  return ok(context.body(donePage(done.value, scope ?? done.value.scope), 200, PAGE_HEADERS));
}

/** `scope` null: the one in force when the mail was sent. */
type Asked = { readonly isOneClick: boolean; readonly scope: UnsubscribeScope | null };

async function readAsked(context: Context<AppEnv>): Promise<Result<Asked, Refusal>> {
  const { bodyBudget } = context.get("ports");
  const body = await readBody(context.req.raw, { maxBytes: BODY_BYTES_MAX, budget: bodyBudget });
  if (!body.ok) return body;
  try {
    const fields = readFields(body.value.octets, context.req.header("content-type") ?? "");
    if (fields?.get(ONE_CLICK.field) === ONE_CLICK.value) return ok({ isOneClick: true, scope: null });
    const scope = UNSUBSCRIBE_SCOPES.find((known) => known === fields?.get(CONFIRM_FIELD));
    return scope ? ok({ isOneClick: false, scope }) : err({ kind: "unsubscribe_body_invalid" });
  } finally {
    body.value.release();
  }
}

/** RFC 8058 section 3.2: multipart or urlencoded. Whatever does not call itself multipart is read as urlencoded; null: unreadable. */
function readFields(
  octets: Uint8Array<ArrayBuffer>,
  contentType: string,
): ReadonlyMap<string, string> | null {
  if (!/^multipart\//i.test(contentType))
    // Some end the body like a line: that is no part of the value.
    return new Map(new URLSearchParams(new TextDecoder().decode(octets).replace(/[\r\n]+$/, "")));
  const parts = parseMultipart(octets, contentType);
  if (!parts.ok) return null;
  const fields = new Map<string, string>();
  for (const part of parts.value) {
    const text = textOf(part);
    if (text.ok) fields.set(part.name, text.value);
  }
  return fields;
}
