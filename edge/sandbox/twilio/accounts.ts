// Twilio accounts: who is calling, and what an account shows of itself. An account needs no making: it is known from the
// first call in its name, and the token of that call is its token from then on, unless a control path said one before.
// No API keys (SK...), no secondary tokens, no subaccounts reached with their parent's token.
import { timingSafeEqual } from "node:crypto";

import type { TwilioAccountRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { unauthenticated } from "./twilio-error.ts";
import { isSid, mailTime, TWILIO_OBJECTS_MAX, type TwilioOperation } from "./twilio-operation.ts";

/** Twilio: "The maximum is 1000" numbers on a page. */
const PAGE_SIZE_MAX = 1_000;

/** The account whose sid and token the header holds; throws 401 otherwise. RFC 7617: Basic authentication. */
export function authenticate(sandbox: Sandbox, authorization: string | null): TwilioAccountRecord {
  const credentials = /^basic ([a-z0-9+/]+=*)$/i.exec(authorization ?? "")?.[1] ?? "";
  const [, sid = "", token = ""] =
    /^([^:]*):(.+)$/s.exec(Buffer.from(credentials, "base64").toString()) ?? [];
  const account = isSid("AC", sid) ? accountOf(sandbox, sid) : null;
  if (account === null || token === "" || account.status === "closed") throw unauthenticated();
  if (account.authToken !== null) {
    if (!isSame(account.authToken, token)) throw unauthenticated();
    return account;
  }
  const known = { ...account, authToken: token };
  sandbox.records.twilioAccounts.put(sid, known);
  return known;
}

/** The account as it is known, or as it is when nobody has spoken of it; null when there are too many already. */
export function accountOf(sandbox: Sandbox, sid: string): TwilioAccountRecord | null {
  const { twilioAccounts } = sandbox.records;
  const found = twilioAccounts.get(sid);
  if (found !== null || twilioAccounts.count() >= TWILIO_OBJECTS_MAX) return found;
  const now = sandbox.clock();
  return {
    sid,
    authToken: null,
    friendlyName: "Sandbox account",
    status: "active",
    pageSizeMax: PAGE_SIZE_MAX,
    createdAt: now,
    updatedAt: now,
  };
}

/** `GET /2010-04-01/Accounts/{sid}.json`. Twilio shows the token here too. */
export const fetchAccount: TwilioOperation = (_, { account, path }) => ({
  auth_token: account.authToken,
  date_created: mailTime(account.createdAt),
  date_updated: mailTime(account.updatedAt),
  friendly_name: account.friendlyName,
  owner_account_sid: account.sid,
  sid: account.sid,
  status: account.status,
  type: "Full",
  uri: path,
});

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
