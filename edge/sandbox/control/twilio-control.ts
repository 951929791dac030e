// Being Twilio for a moment: an account's token and standing, the review of a customer profile, an account's numbers and
// where they point, and a call to one of them. What is declared nowhere follows the rules in `twilio/`: the first token
// used with an account is right, and a number is there for the account that first asks for it.
import type { Context, Hono } from "hono";
import { z } from "zod";

import type { PhoneNumberRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { accountOf } from "../twilio/accounts.ts";
import { PROFILE_STATUSES } from "../twilio/customer-profiles.ts";
import { newNumber, numberSettings, shownNumber, withSettings } from "../twilio/phone-numbers.ts";
import { isSid, TWILIO_OBJECTS_MAX } from "../twilio/twilio-operation.ts";
import { newCallSid, ring } from "../twilio/webhooks.ts";
import { problem, readControlBody } from "./control-request.ts";

const sid = (prefix: string) =>
  z.string().refine((text) => isSid(prefix, text), `is not ${prefix} and 32 lower-case hex digits`);
// E.164: a plus and at most 15 digits.
const phoneNumber = z.string().regex(/^\+[1-9]\d{1,14}$/, "is no number in E.164 form, such as +15550001234");
const name = z.string().min(1).max(64);

const accountBody = z.strictObject({
  auth_token: z.string().min(1).max(256).optional(),
  friendly_name: name.optional(),
  status: z.enum(["active", "suspended", "closed"]).optional(),
  page_size_max: z.int().min(1).max(1_000).optional(),
});
const profileBody = z.strictObject({
  status: z.enum(PROFILE_STATUSES),
  account_sid: sid("AC").optional(),
  friendly_name: name.optional(),
});
const numberBody = z.strictObject({
  account_sid: sid("AC").optional(),
  phone_number: phoneNumber.optional(),
  ...numberSettings,
});
const parameterValue = z.string().max(4_096);
const callBody = z.strictObject({
  from: phoneNumber.default("+15550100000"),
  /** A call of one's own, to repeat it. */
  call_sid: sid("CA").optional(),
  parameters: z.record(z.string().min(1), z.union([parameterValue, z.array(parameterValue)])).default({}),
});

export function mountTwilioControl(app: Hono, sandbox: Sandbox): void {
  const { customerProfiles } = sandbox.records;
  app.put("/_sandbox/twilio/accounts/:sid", (c) => putAccount(sandbox, c, c.req.param("sid")));
  app.put("/_sandbox/twilio/customer-profiles/:sid", (c) => putProfile(sandbox, c, c.req.param("sid")));
  app.delete("/_sandbox/twilio/customer-profiles/:sid", (c) =>
    customerProfiles.delete(c.req.param("sid")) ? c.body(null, 204) : unknown("customer profile"),
  );
  app.put("/_sandbox/twilio/phone-numbers/:sid", (c) => putNumber(sandbox, c, c.req.param("sid")));
  app.get("/_sandbox/twilio/phone-numbers/:sid", (c) => {
    const number = liveNumber(sandbox, c.req.param("sid"));
    return number === null ? unknown("number") : c.json(shownNumber(number));
  });
  app.delete("/_sandbox/twilio/phone-numbers/:sid", (c) => {
    const number = liveNumber(sandbox, c.req.param("sid"));
    if (number === null) return unknown("number");
    sandbox.records.phoneNumbers.put(number.sid, { ...number, isReleased: true });
    return c.body(null, 204);
  });
  app.post("/_sandbox/twilio/phone-numbers/:sid/calls", (c) => makeCall(sandbox, c, c.req.param("sid")));
}

/** What the control paths' state shows of Twilio: never a token. */
export function twilioState(sandbox: Sandbox): object {
  const { twilioAccounts, customerProfiles, phoneNumbers } = sandbox.records;
  return {
    accounts: twilioAccounts.list().map((one) => ({
      sid: one.sid,
      friendly_name: one.friendlyName,
      status: one.status,
    })),
    customer_profiles: customerProfiles.list().map((one) => ({
      sid: one.sid,
      account_sid: one.accountSid,
      status: one.status,
    })),
    phone_numbers: phoneNumbers
      .list()
      .filter((one) => !one.isReleased)
      .map((one) => ({
        sid: one.sid,
        account_sid: one.accountSid,
        phone_number: one.phoneNumber,
        ...one.settings,
      })),
  };
}

async function putAccount(sandbox: Sandbox, c: Context, accountSid: string): Promise<Response> {
  if (!isSid("AC", accountSid)) return badSid("AC");
  const body = await readControlBody(c, accountBody);
  if (body instanceof Response) return body;
  const before = accountOf(sandbox, accountSid);
  if (before === null) return full();
  const after = {
    ...before,
    authToken: body.auth_token ?? before.authToken,
    friendlyName: body.friendly_name ?? before.friendlyName,
    status: body.status ?? before.status,
    pageSizeMax: body.page_size_max ?? before.pageSizeMax,
    updatedAt: sandbox.clock(),
  };
  sandbox.records.twilioAccounts.put(accountSid, after);
  return c.json({ sid: accountSid, friendly_name: after.friendlyName, status: after.status });
}

async function putProfile(sandbox: Sandbox, c: Context, profileSid: string): Promise<Response> {
  if (!isSid("BU", profileSid)) return badSid("BU");
  const body = await readControlBody(c, profileBody);
  if (body instanceof Response) return body;
  const { customerProfiles } = sandbox.records;
  const before = customerProfiles.get(profileSid);
  if (before === null && customerProfiles.count() >= TWILIO_OBJECTS_MAX) return full();
  const now = sandbox.clock();
  const after = {
    sid: profileSid,
    accountSid: body.account_sid ?? before?.accountSid ?? null,
    friendlyName: body.friendly_name ?? before?.friendlyName ?? "Sandbox customer profile",
    status: body.status,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  };
  customerProfiles.put(profileSid, after);
  return c.json({ sid: profileSid, account_sid: after.accountSid, status: after.status });
}

async function putNumber(sandbox: Sandbox, c: Context, numberSid: string): Promise<Response> {
  if (!isSid("PN", numberSid)) return badSid("PN");
  const body = await readControlBody(c, numberBody);
  if (body instanceof Response) return body;
  const { phoneNumbers } = sandbox.records;
  const now = sandbox.clock();
  const found = phoneNumbers.get(numberSid);
  if (found === null && phoneNumbers.count() >= TWILIO_OBJECTS_MAX) return full();
  const before = found === null || found.isReleased ? newNumber(numberSid, null, now) : found;
  const { account_sid: accountSid, phone_number: digits, ...settings } = body;
  const after = {
    ...withSettings(before, settings, now),
    accountSid: accountSid ?? before.accountSid,
    phoneNumber: digits ?? before.phoneNumber,
  };
  phoneNumbers.put(numberSid, after, after.accountSid ?? "");
  return c.json(shownNumber(after));
}

async function makeCall(sandbox: Sandbox, c: Context, numberSid: string): Promise<Response> {
  const body = await readControlBody(c, callBody);
  if (body instanceof Response) return body;
  const number = liveNumber(sandbox, numberSid);
  if (number === null) return unknown("number");
  const account = number.accountSid === null ? null : sandbox.records.twilioAccounts.get(number.accountSid);
  if (account === null || account.authToken === null || account.status !== "active") {
    return problem(
      409,
      "No active account with a token has this number, so Twilio has nothing to sign with.",
      {
        hint: "PUT /_sandbox/twilio/accounts/{sid} {auth_token}, and account_sid of the number.",
      },
    );
  }
  const call = { from: body.from, callSid: body.call_sid ?? newCallSid(), parameters: body.parameters };
  const webhooks = await ring(number, account.authToken, call, sandbox.clock());
  return c.json({ call_sid: call.callSid, webhooks });
}

function liveNumber(sandbox: Sandbox, numberSid: string): PhoneNumberRecord | null {
  const found = sandbox.records.phoneNumbers.get(numberSid);
  return found?.isReleased === true ? null : found;
}

const unknown = (what: string): Response =>
  problem(404, `No such ${what}.`, { hint: "GET /_sandbox/state lists what Twilio has, under twilio." });
const badSid = (prefix: string): Response =>
  problem(422, `The sid must be ${prefix} and 32 lower-case hex digits.`);
const full = (): Response => problem(409, "There are too many of them.");
