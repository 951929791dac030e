// The voice provider as Twilio: accounts and phone numbers of its API 2010-04-01, customer profiles of Trust Hub v1.
// Twilio, "Account Resource", "IncomingPhoneNumber Resource", "Customer Profiles Resource".
import type { Clock } from "../../core/ports/clock.ts";
import type {
  AccountNumber,
  VoiceAccount,
  VoiceFault,
  VoiceProvider,
} from "../../core/ports/voice-provider.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { NumberTarget } from "../../core/voice/phone-number.ts";
import { CUSTOMER_PROFILE_STATUSES, isSid } from "../../core/voice/twilio-setup.ts";
import { asObject, asText, type JsonObject } from "../system/json.ts";
import { CALL_TIMEOUT_MS, type TwilioCall, unreadable } from "./twilio-call.ts";

/** Twilio's URLs end at 4,096 characters; names are far shorter. */
const TEXT_CHARACTERS_MAX = 4096;
const PAGE_SIZE = 100;
const PAGES_MAX = 10;
/** Also when pages hold more than they were asked for. */
const NUMBERS_MAX = PAGES_MAX * PAGE_SIZE;
/** All pages together: whoever asks waits for no more than three calls. */
const LIST_MS = 3 * CALL_TIMEOUT_MS;

export function makeTwilioVoiceProvider(call: TwilioCall, clock: Clock): VoiceProvider {
  return {
    async getAccount(account) {
      const answer = await call(account, {
        endpoint: "api",
        method: "GET",
        path: `${accountPath(account)}.json`,
      });
      if (!answer.ok) return answer;
      const { sid, status } = answer.value;
      if (sid !== account.accountSid || typeof status !== "string") return err(unreadable("another account"));
      return ok({ isActive: status === "active" });
    },

    async getCustomerProfile(account, profileSid, timeoutMs = CALL_TIMEOUT_MS) {
      const path = `/v1/CustomerProfiles/${profileSid}`;
      const answer = await call(account, { endpoint: "trustHub", method: "GET", path, timeoutMs });
      if (!answer.ok) return answer;
      const { sid, account_sid: owner, status } = answer.value;
      if (sid !== profileSid) return err(unreadable("another customer profile"));
      if (owner !== account.accountSid) return err(foreign("customer profile"));
      const known = CUSTOMER_PROFILE_STATUSES.find((one) => one === status);
      return known === undefined || known === "not-found"
        ? err(unreadable("a customer profile without a known status"))
        : ok(known);
    },

    async getNumber(account, numberSid) {
      const answer = await call(account, {
        endpoint: "api",
        method: "GET",
        path: numberPath(account, numberSid),
      });
      return answer.ok ? readNumber(account, answer.value, numberSid) : answer;
    },

    async pointNumber(account, numberSid, target, startBy) {
      if (clock.now() > startBy) return err(TOO_LATE);
      const path = numberPath(account, numberSid);
      const answer = await call(account, { endpoint: "api", method: "POST", path, form: toForm(target) });
      return answer.ok ? ok(undefined) : answer;
    },

    async listNumbers(account) {
      const startedAt = performance.now();
      const numbers: AccountNumber[] = [];
      let path: string | null = `${numbersPath(account)}?PageSize=${PAGE_SIZE}`;
      for (let page = 0; path !== null && page < PAGES_MAX; page++) {
        const leftMs = LIST_MS - (performance.now() - startedAt);
        const timeoutMs = Math.max(1, Math.min(leftMs, CALL_TIMEOUT_MS));
        const answer: Result<JsonObject, VoiceFault> = await call(account, {
          endpoint: "api",
          method: "GET",
          path,
          timeoutMs,
        });
        if (!answer.ok) return answer;
        const { incoming_phone_numbers: items, next_page_uri: nextUri } = answer.value;
        if (!Array.isArray(items)) return err(unreadable("a list without numbers"));
        for (const item of items) {
          const number = readNumber(account, asObject(item) ?? {});
          if (!number.ok) return number;
          numbers.push(number.value);
        }
        const next = nextPath(account, nextUri);
        if (next === undefined) return err(unreadable("a next page elsewhere"));
        path = next;
      }
      return ok({
        numbers: numbers.slice(0, NUMBERS_MAX),
        hasMore: path !== null || numbers.length > NUMBERS_MAX,
      });
    },
  };
}

const TOO_LATE: VoiceFault = {
  kind: "timed_out",
  reason: "out of time before the call",
  retryAfterSeconds: 0,
};

const accountPath = ({ accountSid }: VoiceAccount): string => `/2010-04-01/Accounts/${accountSid}`;
const numbersPath = (account: VoiceAccount): string => `${accountPath(account)}/IncomingPhoneNumbers.json`;
const numberPath = (account: VoiceAccount, numberSid: string): string =>
  `${accountPath(account)}/IncomingPhoneNumbers/${numberSid}.json`;

/** Null at the end. Only another page of the same list on the same host is followed; anything else: undefined. */
function nextPath(account: VoiceAccount, uri: unknown): string | null | undefined {
  if (uri === null || uri === undefined || uri === "") return null;
  const isOurs =
    typeof uri === "string" &&
    uri.length <= TEXT_CHARACTERS_MAX &&
    uri.startsWith(`${numbersPath(account)}?`) &&
    /^[\x21-\x7e]+$/.test(uri);
  return isOurs ? uri : undefined;
}

function readNumber(
  account: VoiceAccount,
  members: JsonObject,
  numberSid?: string,
): Result<AccountNumber, VoiceFault> {
  const sid = asText(members["sid"], TEXT_CHARACTERS_MAX) ?? "";
  const phoneNumber = asText(members["phone_number"], TEXT_CHARACTERS_MAX);
  const isAsked = numberSid === undefined ? isSid("phoneNumber", sid) : sid === numberSid;
  if (!isAsked || phoneNumber === null) return err(unreadable("another phone number"));
  if (members["account_sid"] !== account.accountSid) return err(foreign("phone number"));
  const target = readTarget(members);
  if (target === null) return err(unreadable("a phone number that points nowhere known"));
  const friendlyName = asText(members["friendly_name"], TEXT_CHARACTERS_MAX) ?? "";
  return ok({ phoneNumberSid: sid, phoneNumber, friendlyName, target });
}

/** Null when a member cannot be read: it could not be put back. */
function readTarget(members: JsonObject): NumberTarget | null {
  const text = (name: string): string | null => asText(members[name] ?? "", TEXT_CHARACTERS_MAX);
  const method = (name: string): "GET" | "POST" => (members[name] === "GET" ? "GET" : "POST");
  const voiceUrl = text("voice_url");
  const statusCallback = text("status_callback");
  const voiceApplicationSid = text("voice_application_sid");
  const trunkSid = text("trunk_sid");
  if (voiceUrl === null || statusCallback === null || voiceApplicationSid === null || trunkSid === null)
    return null;
  return {
    voiceUrl,
    voiceMethod: method("voice_method"),
    statusCallback,
    statusCallbackMethod: method("status_callback_method"),
    voiceApplicationSid: voiceApplicationSid || null,
    trunkSid: trunkSid || null,
  };
}

const PARAMETERS: Readonly<Record<keyof NumberTarget, string>> = {
  voiceUrl: "VoiceUrl",
  voiceMethod: "VoiceMethod",
  statusCallback: "StatusCallback",
  statusCallbackMethod: "StatusCallbackMethod",
  voiceApplicationSid: "VoiceApplicationSid",
  trunkSid: "TrunkSid",
};

/** Null and empty clear. */
const toForm = (target: Partial<NumberTarget>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(target).map(([name, value]) => [PARAMETERS[name as keyof NumberTarget], value ?? ""]),
  );

/** Another account's, which the token may open as well (a parent's its subaccounts'): not this one's. */
const foreign = (what: string): VoiceFault => ({
  kind: "not_found",
  reason: `the ${what} is another account's`,
  retryAfterSeconds: 0,
});
