// A Twilio setup: one Twilio account of one workspace, with the account's own token and the customer profile that calls
// are made under. Twilio's "SIDs": two letters for the kind of thing, and 32 hexadecimal digits. Never shared between
// workspaces, whatever the sharing of e-mail setups: an account pays for what is done with it.
import type { Id } from "../ids.ts";

/**
 * What Trust Hub says of a customer profile (Twilio, "Customer Profiles Resource", `status`); `not-found` is ours: it was
 * removed there after the setup was made.
 */
export const CUSTOMER_PROFILE_STATUSES = [
  "draft",
  "pending-review",
  "in-review",
  "twilio-rejected",
  "twilio-approved",
  "not-found",
] as const;
export type CustomerProfileStatus = (typeof CUSTOMER_PROFILE_STATUSES)[number];

export type TwilioSetup = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly friendlyName: string;
  readonly accountSid: string;
  readonly customerProfileSid: string;
  /** The account's token in a SecretBox, bound to the setup (`tokenPurpose`). */
  readonly sealedToken: string;
  /** As Twilio last told it. */
  readonly customerProfileStatus: CustomerProfileStatus;
  readonly customerProfileCheckedAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** Lower case only: one account has one spelling, which the unique indexes go by. */
const SID = {
  account: /^AC[0-9a-f]{32}$/,
  customerProfile: /^BU[0-9a-f]{32}$/,
  phoneNumber: /^PN[0-9a-f]{32}$/,
};

export const isSid = (kind: keyof typeof SID, text: string): boolean => SID[kind].test(text);

/** Twilio's are 32 hexadecimal digits and it promises no form: printable, without blanks, and not plainly something else. */
const AUTH_TOKEN = /^[\x21-\x7e]{16,128}$/;

export const isAuthToken = (text: string): boolean => AUTH_TOKEN.test(text);

/** What a token is sealed for: put into another setup's row it does not open. */
export const tokenPurpose = (setupId: Id): string => `twilio auth token of ${setupId}`;

/** Use cases may be made under it. */
export const isApproved = ({ customerProfileStatus }: Pick<TwilioSetup, "customerProfileStatus">): boolean =>
  customerProfileStatus === "twilio-approved";
