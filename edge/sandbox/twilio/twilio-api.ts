// Twilio's HTTP: which path is which operation, for the 2010 API and TrustHub at once, under `/twilio`. Every call is
// signed in with an account's sid and token. Twilio: "Twilio API requests". Paths that are not in the table are not there.
import type { Context, Hono } from "hono";

import type { TwilioAccountRecord } from "../records.ts";
import { answerRecorded } from "../recorded-call.ts";
import { readBody } from "../request-body.ts";
import type { Sandbox } from "../sandbox.ts";
import { authenticate, fetchAccount } from "./accounts.ts";
import { fetchCustomerProfile } from "./customer-profiles.ts";
import {
  fetchIncomingPhoneNumber,
  listIncomingPhoneNumbers,
  updateIncomingPhoneNumber,
} from "./phone-numbers.ts";
import { invalidParameter, notFound, twilioRefusals } from "./twilio-error.ts";
import type { TwilioOperation } from "./twilio-operation.ts";

const BASE = "/twilio";
/** A few URLs, and names. */
const FORM_OCTETS_MAX = 65_536;

const ACCOUNTS = "/2010-04-01/Accounts";
const NUMBERS = `${ACCOUNTS}/:account/IncomingPhoneNumbers`;
/** A last segment `{sid}.json`. */
const document = (name: string): string => `:${name}{[^/]+\\.json}`;
const OPERATIONS: readonly (readonly [method: string, path: string, name: string, run: TwilioOperation])[] = [
  ["GET", `${ACCOUNTS}/${document("account")}`, "FetchAccount", fetchAccount],
  ["GET", `${NUMBERS}.json`, "ListIncomingPhoneNumbers", listIncomingPhoneNumbers],
  ["GET", `${NUMBERS}/${document("sid")}`, "FetchIncomingPhoneNumber", fetchIncomingPhoneNumber],
  ["POST", `${NUMBERS}/${document("sid")}`, "UpdateIncomingPhoneNumber", updateIncomingPhoneNumber],
  ["GET", "/v1/CustomerProfiles/:sid", "FetchCustomerProfile", fetchCustomerProfile],
];

export function mountTwilio(app: Hono, sandbox: Sandbox): void {
  for (const [method, path, name, run] of OPERATIONS) {
    app.on(method, `${BASE}${path}`, (c) => answerTwilio(sandbox, c, name, run));
  }
  app.all(`${BASE}/*`, (c) => twilioRefusals.toResponse(notFound(c.req.path.slice(BASE.length))));
}

async function answerTwilio(
  sandbox: Sandbox,
  c: Context,
  operation: string,
  run: TwilioOperation,
): Promise<Response> {
  const request = c.req.raw;
  const path = c.req.path.slice(BASE.length);
  const { account: named, sid = "" } = c.req.param() as { account?: string; sid?: string };
  const body = await readBody(request, FORM_OCTETS_MAX);
  const admit = (): TwilioAccountRecord => {
    const account = authenticate(sandbox, request.headers.get("authorization"));
    if (body === null) throw invalidParameter("The body is larger than these parameters can be");
    return account;
  };
  return answerRecorded(
    sandbox,
    { service: "twilio", operation, request, admit, refusals: twilioRefusals },
    (account) => {
      if (named !== undefined && withoutSuffix(named) !== account.sid) throw notFound(path);
      const { searchParams: query } = new URL(request.url);
      const form = new URLSearchParams(new TextDecoder().decode(body?.bytes));
      return Response.json(run(sandbox, { account, path, sid: withoutSuffix(sid), query, form }));
    },
  );
}

const withoutSuffix = (segment: string): string => segment.replace(/\.json$/, "");
