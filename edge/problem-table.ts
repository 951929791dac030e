// The table of refusals: status, title, what to do next, promised members. See problem.ts for its two uses.
import type { Refusal, RefusalKind, RefusalOf } from "./refusal.ts";
import { rateLimitHeaders } from "./rate-limit.ts";
import { toTime } from "./wire.ts";

export type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 416 | 422 | 429 | 500 | 502 | 503 | 504;

export type ProblemRow<R extends Refusal> = {
  readonly status: ProblemStatus;
  readonly title: string;
  /** One or two sentences: what is wrong and what to do next. */
  readonly detail: (refusal: R) => string;
  readonly members?: (refusal: R) => Readonly<Record<string, unknown>>;
  readonly headers?: (refusal: R) => Readonly<Record<string, string>>;
};

type Rows = { readonly [Kind in RefusalKind]: ProblemRow<RefusalOf<Kind>> };

const retryAfter = (refusal: { readonly retryAfterSeconds: number }): Record<string, string> => ({
  "Retry-After": String(Math.max(1, Math.ceil(refusal.retryAfterSeconds))),
});
const megabytes = (bytes: number): string => `${Math.floor((bytes / 1_048_576) * 10) / 10} MB`;

export const PROBLEMS: Rows = {
  // The request itself.
  malformed_json: {
    status: 400,
    title: "The body is not valid JSON",
    detail: () => "Send one JSON object in UTF-8.",
  },
  malformed_multipart: {
    status: 400,
    title: "The body is not a valid multipart form",
    detail: ({ reason }) => `Send multipart/form-data (RFC 7578). ${reason}`,
  },
  body_incomplete: {
    status: 400,
    title: "The body did not arrive as announced",
    detail: () => "The body ended early, ran over its Content-Length or took too long. Send it again.",
  },
  unauthorized: {
    status: 401,
    title: "A valid API key is required",
    detail: () => "Send `Authorization: Bearer <key>` with a key that is neither revoked nor expired.",
    headers: () => ({ "WWW-Authenticate": 'Bearer realm="postrider"' }),
  },
  permission_missing: {
    status: 403,
    title: "The API key lacks a permission",
    detail: ({ permission }) => `This needs a key with the permission ${permission}.`,
    members: ({ permission }) => ({ permission }),
  },
  operator_only: {
    status: 403,
    title: "Only the operator may do this",
    detail: () => "Use the operator's key.",
  },
  not_found: {
    status: 404,
    title: "There is nothing at this address",
    detail: () => "Check the path and the method; /docs lists what there is.",
  },
  body_too_large: {
    status: 413,
    title: "The request is too large",
    detail: ({ limitBytes }) => `The whole body may have at most ${limitBytes} bytes.`,
    members: ({ limitBytes }) => ({ size_bytes_max: limitBytes }),
  },
  unsupported_media_type: {
    status: 415,
    title: "The content type is not supported",
    detail: ({ expected }) => `Send the body as ${expected}.`,
  },
  validation_failed: {
    status: 422,
    title: "Some values are not valid",
    detail: ({ errors }) =>
      errors.map(({ pointer, message }) => (pointer ? `${pointer}: ${message}` : message)).join("; "),
    members: ({ errors }) => ({ errors }),
  },
  workspace_required: {
    status: 422,
    title: "The operator has to name a workspace",
    detail: () => "Send the header `Workspace-Id`, or use the path that names the workspace.",
  },
  scope_required: {
    status: 422,
    title: "A scope is required",
    detail: () => "Give use_case_id, setup_id or both.",
  },
  continuation_token_invalid: {
    status: 422,
    title: "The continuation token does not belong to this query",
    detail: () => "Use the token of the page before, with the same filters; leave it out to begin again.",
  },
  idempotency_key_invalid: {
    status: 422,
    title: "The Idempotency-Key is not valid",
    detail: () => "Use 1 to 255 printable ASCII characters, a UUID for example.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "The Idempotency-Key belongs to another request",
    detail: () => "Use a new key for a new request; repeat a request with exactly the same values.",
  },
  request_in_progress: {
    status: 409,
    title: "The first request with this Idempotency-Key still runs",
    detail: () => "Repeat the request after the time in Retry-After.",
    headers: retryAfter,
  },
  busy: {
    status: 503,
    title: "Too much is being handled at once",
    detail: () =>
      "Repeat the request after the time in Retry-After, with the same Idempotency-Key if it had one.",
    headers: retryAfter,
  },
  storage_unavailable: {
    status: 503,
    title: "The storage does not answer",
    detail: () =>
      "Repeat the request after the time in Retry-After, with the same Idempotency-Key if it had one.",
    headers: retryAfter,
  },
  internal_error: {
    status: 500,
    title: "Something went wrong here",
    detail: () => "This is a fault of ours. Quote the request_id when you report it.",
  },
  notification_refused: {
    status: 403,
    title: "The notification is not accepted",
    detail: ({ reason }) => `Only genuine notifications of the configured topics are accepted: ${reason}.`,
  },
  file_not_found: {
    status: 404,
    title: "The download link is not valid",
    detail: () => "It was altered, or its five minutes are over. Ask for the attachment again.",
  },
  range_not_satisfiable: {
    status: 416,
    title: "The range lies outside the file",
    detail: ({ sizeBytes }) => `The file has ${sizeBytes} octets; ask for a range within it.`,
    headers: ({ sizeBytes }) => ({ "Content-Range": `bytes */${sizeBytes}` }),
  },

  // Workspaces and keys.
  workspace_not_found: {
    status: 404,
    title: "No such workspace",
    detail: () => "Check the workspace id; a key reaches its own workspace only.",
  },
  api_key_not_found: {
    status: 404,
    title: "No such API key",
    detail: () => "Check the key's id; revoked keys are not listed any more.",
  },
  api_key_limit: {
    status: 409,
    title: "The workspace has too many API keys",
    detail: () => "Revoke a key that is no longer used first.",
  },
  permission_not_held: {
    status: 403,
    title: "A key cannot grant what it does not hold",
    detail: ({ permissions }) =>
      `The calling key lacks ${permissions.join(", ")}; ask for fewer permissions.`,
    members: ({ permissions }) => ({ permissions }),
  },
  expiry_too_late: {
    status: 422,
    title: "A key cannot outlive the one that makes it",
    detail: () => "Choose an expires_at that is not after the calling key's own.",
  },
  expiry_in_past: {
    status: 422,
    title: "The expiry lies in the past",
    detail: () => "Choose an expires_at in the future, or leave it out.",
  },

  // Setups.
  setup_not_found: {
    status: 404,
    title: "No such setup",
    detail: () => "Check the setup's id and its workspace.",
  },
  tenant_name_taken: {
    status: 409,
    title: "The tenant name is taken",
    detail: () => "Choose another tenant_name: it is unique on the platform.",
  },
  domain_identity_taken: {
    status: 409,
    title: "The domain is taken",
    detail: () => "Another setup holds this domain. Delete that one first, or use a subdomain.",
  },
  domain_conflict: {
    status: 409,
    title: "Another workspace has a domain above or below this one",
    detail: () => "A domain and its subdomains belong to one workspace. Choose a domain outside of theirs.",
  },
  domain_recently_released: {
    status: 409,
    title: "The domain's former records still stand in DNS",
    detail: () =>
      "Another workspace had this domain. Delete its three DKIM CNAME records (names ending in _domainkey) at the DNS provider, wait until they are gone, and try again.",
  },
  setup_in_use: {
    status: 409,
    title: "Use cases still refer to the setup",
    detail: () => "Delete the use cases of this setup first.",
  },
  provider_unavailable: {
    status: 502,
    title: "The provider is unavailable",
    detail: () =>
      "Try again in a moment. What a creation has begun is undone; a deletion that has begun goes on by itself.",
  },
  provider_timed_out: {
    status: 504,
    title: "The provider did not answer in time",
    detail: () =>
      "Repeat the same request: it goes on where this one ended. If nobody does so within a minute, a creation is undone, and a deletion that has begun goes on by itself.",
  },

  // Use cases.
  use_case_not_found: {
    status: 404,
    title: "No such use case",
    detail: () => "Check the use case's id, its workspace and its channel.",
  },
  dns_not_verified: {
    status: 409,
    title: "The setup's DNS is not verified",
    detail: () => "Publish the records the setup lists, then verify it.",
  },
  sender_domain_mismatch: {
    status: 422,
    title: "The sender is not at the setup's domain",
    detail: ({ expectedDomain }) => `Use a sender_email_address at ${expectedDomain}.`,
    members: ({ expectedDomain }) => ({ expected_domain: expectedDomain }),
  },
  sender_address_reserved: {
    status: 422,
    title: "The sender address has another role",
    detail: () =>
      "u, bounce, postmaster, abuse and mailer-daemon are used by the mail system; choose another local part.",
  },
  phone_numbers_assigned: {
    status: 409,
    title: "Phone numbers still serve the use case",
    detail: () => "Release the phone numbers of this use case first.",
  },

  // Twilio setups and phone numbers.
  twilio_setup_not_found: {
    status: 404,
    title: "No such Twilio setup",
    detail: () => "Check the Twilio setup's id and its workspace.",
  },
  twilio_credentials_refused: {
    status: 422,
    title: "Twilio does not accept the account and its token",
    detail: () => "Check account_sid and auth_token in Twilio's console.",
  },
  twilio_token_refused: {
    status: 409,
    title: "Twilio no longer accepts the account's token",
    detail: () =>
      "Give the account's present token: POST it to the Twilio setup's auth-token. A number of an account that was closed is released with `?forget=true`.",
  },
  twilio_account_inactive: {
    status: 409,
    title: "The Twilio account is not active",
    detail: () => "It is suspended or closed. Settle that with Twilio first.",
  },
  twilio_account_taken: {
    status: 409,
    title: "The Twilio account is taken",
    detail: () => "An account belongs to one Twilio setup of one workspace. Delete that one first.",
  },
  customer_profile_not_found: {
    status: 404,
    title: "No such customer profile",
    detail: () => "Check customer_profile_sid: the account has no such customer profile in Trust Hub.",
  },
  customer_profile_not_approved: {
    status: 409,
    title: "The customer profile is not approved",
    detail: ({ status }) =>
      `Twilio says "${status}". Submit the profile in Trust Hub and wait until it is twilio-approved.`,
    members: ({ status }) => ({ customer_profile_status: status }),
  },
  phone_number_not_found: {
    status: 404,
    title: "No such phone number",
    detail: () => "Check the number's id, or whether the use case's Twilio account has it.",
  },
  phone_number_assigned: {
    status: 409,
    title: "The phone number serves a use case",
    detail: () => "A number serves one use case. Release it there first.",
  },
  webhook_refused: {
    status: 403,
    title: "The webhook is not accepted",
    detail: () => "Only webhooks that Twilio has signed for this address are accepted.",
  },
  use_case_name_taken: {
    status: 409,
    title: "A use case of this name exists",
    detail: () => "Choose another entity_name or name: the pair is unique in the workspace.",
  },
  configuration_set_name_taken: {
    status: 409,
    title: "The configuration set name is taken",
    detail: () => "It follows from entity_name and name; choose another name.",
  },
  sender_address_taken: {
    status: 409,
    title: "The sender address is bound to another use case",
    detail: () => "Choose another sender_email_address, or delete the use case that has it.",
  },

  not_suspended: {
    status: 409,
    title: "The use case is not suspended",
    detail: () => "There is nothing to resume: its tier is not `suspended`.",
  },

  // E-mails.
  email_not_found: {
    status: 404,
    title: "No such e-mail",
    detail: () => "Check the e-mail's id and its workspace.",
  },
  attachment_not_found: {
    status: 404,
    title: "No such attachment",
    detail: () => "Use one of the names that the e-mail lists, percent-encoded.",
  },
  inbound_email_not_found: {
    status: 404,
    title: "No such received e-mail",
    detail: () => "Check the id of the received e-mail and its workspace.",
  },
  thread_not_found: {
    status: 404,
    title: "No such thread",
    detail: () => "Use the thread_id of an e-mail of this workspace, or the id of any e-mail in it.",
  },
  no_body: {
    status: 404,
    title: "The e-mail has no body",
    detail: () =>
      "It brought files only, or could not be read (parse_status); the raw message has everything.",
  },
  raw_not_kept: {
    status: 404,
    title: "The raw message was not kept",
    detail: () =>
      "It was larger than is kept, or was gone before it could be fetched; parse_status says which.",
  },
  infected: {
    status: 403,
    title: "The mail service found a virus in the e-mail",
    detail: () => "What it brought is kept from everybody. Its text can still be read.",
  },
  reply_scope_mismatch: {
    status: 422,
    title: "The e-mail belongs to another use case or setup",
    detail: () => "Answer it through the use case that it came for: see its ses_use_case_id and setup_id.",
  },
  attachment_too_large: {
    status: 413,
    title: "An attachment is too large",
    detail: ({ filename, sizeBytesMax }) => `"${filename}" is larger than ${megabytes(sizeBytesMax)}.`,
    members: ({ sizeBytesMax }) => ({ size_bytes_max: sizeBytesMax }),
  },
  message_too_large: {
    status: 413,
    title: "The message is too large",
    detail: ({ sizeBytesMax }) => `The assembled message may have at most ${megabytes(sizeBytesMax)}.`,
    members: ({ sizeBytes, sizeBytesMax }) => ({ size_bytes: sizeBytes, size_bytes_max: sizeBytesMax }),
  },
  recipient_suppressed: {
    status: 422,
    title: "The recipient is suppressed",
    detail: ({ rule, scope, since }) =>
      `Nothing was sent: since ${toTime(since)} this address gets no mail from this ${scope === "setup" ? "setup" : "use case"} (${rule}). Ask /email/suppression/explain which suppression it is.`,
    members: ({ rule, scope, since }) => ({ reason: rule, rule, scope, since: toTime(since) }),
  },
  message_rejected: {
    status: 422,
    title: "The mail service rejected the message",
    detail: ({ reason }) => `Nothing was sent: ${reason}`,
  },
  sending_paused: {
    status: 409,
    title: "Sending is paused",
    detail: ({ reason }) => `Nothing was sent: ${reason}`,
  },
  provider_size_limit: {
    status: 413,
    title: "The message is too large for the mail service",
    detail: () => "Nothing was sent. Send fewer or smaller attachments.",
  },
  provider_misconfigured: {
    status: 502,
    title: "The mail service refused this installation",
    // Its reason names accounts and resources of the operator's: it is in the log, not here.
    detail: () => "Nothing was sent. The operator has to mend the connection to the mail service.",
  },
  provider_throttled: {
    status: 429,
    title: "The provider is taking no more requests at the moment",
    detail: () => "Nothing was done. Repeat the request after the time in Retry-After.",
    headers: retryAfter,
  },
  daily_capacity_exceeded: {
    status: 429,
    title: "The use case's capacity for today is used up",
    detail: ({ capacity, used }) =>
      `Nothing was sent: ${used} of today's ${capacity} are used. Repeat the request after the time in Retry-After; GET /v1/use-case/{use_case_id}/reputation tells how capacity grows.`,
    members: ({ capacity, used }) => ({ capacity, used }),
    headers: (refusal) => ({
      ...retryAfter({ retryAfterSeconds: refusal.resetsInSeconds }),
      ...rateLimitHeaders(refusal),
    }),
  },
  account_capacity_exceeded: {
    status: 429,
    title: "The account's capacity at the mail service is used up",
    detail: () =>
      "Nothing was sent: the account's own limit is reached, or this workspace's share of it while others send. Repeat the request after the time in Retry-After.",
    headers: retryAfter,
  },
  send_outcome_unknown: {
    status: 504,
    title: "It is not known whether the message was taken",
    detail: () =>
      "The mail service did not answer clearly. Repeat with the same Idempotency-Key; it will not be sent twice. The e-mail's record shows the outcome once it is known.",
    members: ({ emailId }) => ({ id: emailId }),
  },

  // Suppressions and unsubscribing.
  suppression_not_found: {
    status: 404,
    title: "No such suppression",
    detail: () => "Check the suppression's id and its workspace; lifted ones are not listed any more.",
  },
  confirmation_required: {
    status: 422,
    title: "Lifting an unsubscribe has to be confirmed",
    detail: () => "The person asked for no more mail. If they want it again, repeat with `?confirm=true`.",
  },
  suppression_list_unavailable: {
    status: 502,
    title: "The mail service's suppression list cannot be changed",
    detail: () => "The address stays suppressed. Repeat the request in a moment.",
  },
  suppression_list_timed_out: {
    status: 504,
    title: "The mail service's suppression list did not answer in time",
    detail: () => "The address stays suppressed. Repeat the request in a moment.",
  },
  unsubscribe_link_not_found: {
    status: 404,
    title: "The unsubscribe link is not valid",
    detail: () => "Use the link as it stands in the message.",
  },
  unsubscribe_body_invalid: {
    status: 400,
    title: "The body does not ask to unsubscribe",
    detail: () =>
      "Send List-Unsubscribe=One-Click (RFC 8058) as multipart/form-data or application/x-www-form-urlencoded.",
  },
};
