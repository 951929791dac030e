// The numbers of an account and where their calls go. Twilio: "IncomingPhoneNumber resource". A number nobody has spoken
// of exists, points nowhere, and belongs to the first account that asks for it. Fallback URLs, messages, addresses and
// the buying of numbers are not played.
import { createHash } from "node:crypto";
import { z } from "zod";

import type { PhoneNumberRecord, PhoneNumberSettings } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { invalidParameter, notFound } from "./twilio-error.ts";
import { isSid, mailTime, TWILIO_OBJECTS_MAX, type TwilioOperation } from "./twilio-operation.ts";

const PAGE_SIZE = 50;
/** Twilio: 64 characters. */
const FRIENDLY_NAME_MAX = 64;

const webUrl = z.union([z.literal(""), z.url({ protocol: /^https?$/ })]);
const method = z.enum(["GET", "POST"]);
/** Empty takes it away. */
const sidOrNone = (prefix: string) =>
  z
    .string()
    .refine((text) => text === "" || isSid(prefix, text), `is no sid beginning with ${prefix}`)
    .transform((text) => (text === "" ? null : text));

/** What may be said of a number, by its account and by a control path. */
export const numberSettings = {
  friendly_name: z.string().max(FRIENDLY_NAME_MAX).exactOptional(),
  voice_url: webUrl.exactOptional(),
  voice_method: method.exactOptional(),
  status_callback: webUrl.exactOptional(),
  status_callback_method: method.exactOptional(),
  voice_application_sid: sidOrNone("AP").exactOptional(),
  trunk_sid: sidOrNone("TK").exactOptional(),
};
const settingsGiven = z.object(numberSettings);

/** Error codes of their own, from Twilio's dictionary; 20001 is any other parameter. */
const ERROR_CODES: Readonly<Record<string, number>> = { voice_url: 21402, voice_method: 21403 };

/** `GET .../IncomingPhoneNumbers/{sid}.json` */
export const fetchIncomingPhoneNumber: TwilioOperation = (sandbox, { account, path, sid }) =>
  shownNumber(numberOf(sandbox, account.sid, sid, path));

/** `POST .../IncomingPhoneNumbers/{sid}.json`: parameters that are not there stay as they are, empty ones are cleared. */
export const updateIncomingPhoneNumber: TwilioOperation = (sandbox, { account, path, sid, form }) => {
  const number = numberOf(sandbox, account.sid, sid, path);
  const given = Object.keys(numberSettings).flatMap((name) => {
    const value = form.get(parameterName(name));
    return value === null ? [] : [[name, value]];
  });
  const parsed = settingsGiven.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0]);
    throw invalidParameter(`${parameterName(name)} is not valid`, ERROR_CODES[name]);
  }
  const changed = withSettings(number, parsed.data, sandbox.clock());
  sandbox.records.phoneNumbers.put(sid, changed, account.sid);
  return shownNumber(changed);
};

/** `GET .../IncomingPhoneNumbers.json`, oldest first, a page at a time. */
export const listIncomingPhoneNumbers: TwilioOperation = (sandbox, { account, path, query }) => {
  const wanted = { phone_number: query.get("PhoneNumber"), friendly_name: query.get("FriendlyName") };
  const numbers = sandbox.records.phoneNumbers
    .list({ label: account.sid })
    .filter((one) => wanted.phone_number === null || one.phoneNumber.includes(wanted.phone_number))
    .filter((one) => wanted.friendly_name === null || one.settings.friendly_name === wanted.friendly_name);
  const asked = Number(query.get("PageSize") ?? PAGE_SIZE);
  if (!Number.isInteger(asked) || asked < 1) throw invalidParameter("PageSize is not valid");
  const size = Math.min(asked, account.pageSizeMax);
  const page = Number(query.get("Page") ?? 0);
  // A token is the sid of the last number of the page before.
  const start = numbers.findIndex((one) => `PA${one.sid}` === query.get("PageToken")) + 1;
  const items = numbers.slice(start, start + size);
  const pageUri = (more: Record<string, string>): string => {
    const target = new URLSearchParams(query);
    for (const [name, value] of Object.entries({ PageSize: String(size), ...more })) target.set(name, value);
    return `${path}?${target}`;
  };
  return {
    incoming_phone_numbers: items.map(shownNumber),
    start,
    end: start + items.length - 1,
    page,
    page_size: size,
    uri: pageUri({}),
    next_page_uri:
      start + size < numbers.length
        ? pageUri({ Page: String(page + 1), PageToken: `PA${items.at(-1)?.sid}` })
        : null,
  };
};

/** A number that points nowhere. Its digits follow from its sid; area code 555 is nobody's. */
export function newNumber(sid: string, accountSid: string | null, now: number): PhoneNumberRecord {
  const digits = createHash("sha256").update(sid).digest().readUInt32BE() % 10_000_000;
  const phoneNumber = `+1555${String(digits).padStart(7, "0")}`;
  return {
    sid,
    accountSid,
    phoneNumber,
    settings: {
      friendly_name: phoneNumber,
      voice_url: "",
      voice_method: "POST",
      status_callback: "",
      status_callback_method: "POST",
      voice_application_sid: null,
      trunk_sid: null,
    },
    isReleased: false,
    createdAt: now,
    updatedAt: now,
  };
}

/** The number with these settings instead. Twilio: setting a trunk deletes the application, and the reverse. */
export function withSettings(
  number: PhoneNumberRecord,
  given: Partial<PhoneNumberSettings>,
  now: number,
): PhoneNumberRecord {
  const settings = { ...number.settings, ...given };
  if (given.trunk_sid) settings.voice_application_sid = null;
  else if (given.voice_application_sid) settings.trunk_sid = null;
  return { ...number, settings, updatedAt: now };
}

/** The number as the API shows it. */
export const shownNumber = (number: PhoneNumberRecord): object => ({
  sid: number.sid,
  account_sid: number.accountSid,
  phone_number: number.phoneNumber,
  ...number.settings,
  api_version: "2010-04-01",
  capabilities: { voice: true, sms: true, mms: true, fax: false },
  origin: "twilio",
  status: "in-use",
  date_created: mailTime(number.createdAt),
  date_updated: mailTime(number.updatedAt),
  uri: `/2010-04-01/Accounts/${number.accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
});

function numberOf(sandbox: Sandbox, accountSid: string, sid: string, path: string): PhoneNumberRecord {
  const { phoneNumbers } = sandbox.records;
  if (!isSid("PN", sid)) throw notFound(path);
  const found = phoneNumbers.get(sid);
  if (found === null && phoneNumbers.count() >= TWILIO_OBJECTS_MAX) throw notFound(path);
  const number = found ?? newNumber(sid, null, sandbox.clock());
  if (number.isReleased || (number.accountSid ?? accountSid) !== accountSid) throw notFound(path);
  if (number.accountSid !== null) return number;
  const owned = { ...number, accountSid };
  phoneNumbers.put(sid, owned, accountSid);
  return owned;
}

/** `voice_url` is `VoiceUrl` where it is a parameter. */
const parameterName = (name: string): string =>
  name
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
