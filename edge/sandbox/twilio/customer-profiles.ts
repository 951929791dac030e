// TrustHub's customer profiles: the review of the business behind an account. They are made, and their review is decided,
// by a control path alone. Twilio: "CustomerProfiles resource". One made without an account belongs to the first that
// asks for it. No making, submitting or listing over the API.
import type { TwilioOperation } from "./twilio-operation.ts";
import { notFound } from "./twilio-error.ts";

export const PROFILE_STATUSES = [
  "draft",
  "pending-review",
  "in-review",
  "twilio-rejected",
  "twilio-approved",
] as const;

/** Twilio's policy for the primary profile of a business. */
const POLICY_SID = "RN6433641899984f951173ef1738c3bdd0";

/** `GET /v1/CustomerProfiles/{sid}` */
export const fetchCustomerProfile: TwilioOperation = (sandbox, { account, path, sid }) => {
  const { customerProfiles } = sandbox.records;
  const found = customerProfiles.get(sid);
  if (found === null || (found.accountSid ?? account.sid) !== account.sid) throw notFound(path);
  const profile = { ...found, accountSid: account.sid };
  if (found.accountSid === null) customerProfiles.put(sid, profile);
  return {
    sid,
    account_sid: profile.accountSid,
    policy_sid: POLICY_SID,
    friendly_name: profile.friendlyName,
    status: profile.status,
    valid_until: null,
    email: "compliance@example.com",
    status_callback: null,
    date_created: isoSeconds(profile.createdAt),
    date_updated: isoSeconds(profile.updatedAt),
    url: `https://trusthub.twilio.com${path}`,
  };
};

/** As Twilio's newer APIs write times. */
const isoSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
