// What the API answers, written down independently of the program's own
// schemas: a member that changes its name there is missed here. Further members may always be added.
import assert from "node:assert/strict";

export type DnsRecord = {
  readonly address: string;
  readonly record: string;
  readonly type: "CNAME" | "MX" | "TXT";
  readonly verified: boolean;
  readonly reason: string | null;
  readonly found: readonly string[];
  readonly fix: string | null;
};
export type SetupDetail = {
  readonly id: string;
  readonly tenant_name: string;
  readonly domain_identity: string;
  readonly dns_checked_at: string | null;
  readonly dns_records: readonly DnsRecord[];
  readonly sending_status: "enabled" | "paused";
  readonly sending_status_cause: string | null;
  readonly created_at: string;
  readonly updated_at: string;
};
export type SetupItem = Omit<SetupDetail, "dns_records"> & { readonly dns_verified: boolean };
export type SetupPage = {
  readonly items: readonly SetupItem[];
  readonly has_more: boolean;
  readonly continuation_token: number | null;
  readonly total: number;
};

export type UseCase = {
  readonly id: string;
  readonly entity_name: string;
  readonly name: string;
  readonly description: string | null;
  readonly channel: "email";
  readonly ses_setup_id: string;
  readonly configuration_set_name: string;
  readonly sender_email_address: string;
  readonly email_type: "transactional" | "marketing";
  readonly tier: string;
  readonly created_at: string;
  readonly updated_at: string;
};

export type ReputationCheck = {
  readonly name: string;
  readonly scope: "use_case" | "setup";
  readonly window_seconds: number | null;
  readonly value: number;
  readonly limit: number;
  readonly count: number | null;
  readonly sample: number | null;
  readonly count_min: number | null;
  readonly sample_min: number | null;
  readonly holds: boolean;
};
export type Suspension = {
  readonly since: string;
  readonly offence: number;
  readonly until: string | null;
  readonly sending_stopped: boolean;
};
export type TierChange = {
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
  readonly capacity: number;
  readonly suspension: Suspension | null;
  readonly figures: readonly ReputationCheck[];
};
export type Reputation = {
  readonly tier: "onboarding" | "standard" | "premium" | "suspended";
  readonly tier_since: string;
  readonly counted_since: string;
  readonly capacity: number;
  readonly used: number;
  readonly left: number;
  readonly resets_at: string;
  readonly suspension: Suspension | null;
  readonly suspension_limits: readonly ReputationCheck[];
  readonly stop_limits: readonly ReputationCheck[];
  readonly next_tier: {
    readonly tier: string;
    readonly checks: readonly ReputationCheck[];
    readonly missing: readonly string[];
  } | null;
  readonly demotion_limits: readonly ReputationCheck[];
  readonly history: readonly TierChange[];
};
export type TwilioSetup = {
  readonly id: string;
  readonly friendly_name: string;
  readonly account_sid: string;
  readonly customer_profile_sid: string;
  readonly customer_profile_status: string;
  readonly customer_profile_checked_at: string;
  readonly created_at: string;
  readonly updated_at: string;
};
export type TwilioUseCase = {
  readonly id: string;
  readonly entity_name: string;
  readonly name: string;
  readonly description: string | null;
  readonly channel: "outbound_voice" | "inbound_voice" | "ringless_voicemail";
  readonly twilio_setup_id: string;
  readonly customer_profile_status: string;
  readonly created_at: string;
  readonly updated_at: string;
};
export type PhoneNumber = {
  readonly id: string;
  readonly use_case_id: string;
  readonly phone_number_sid: string;
  readonly phone_number: string;
  readonly status: "assigned" | "releasing";
  readonly last_webhook_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
};

export type WorkspaceBody = { readonly id: string; readonly name: string; readonly created_at: string };
export type IssuedKey = {
  readonly id: string;
  readonly name: string;
  readonly api_key: string;
  readonly permissions: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
};

export type SentEmail = {
  readonly id: string;
  readonly message_id: string;
  readonly sent_at: string;
  readonly attachment_filenames: readonly string[];
};
export type EmailState = "sent" | "delivered" | "bounced" | "complained" | "rejected";
export type EmailSummary = {
  readonly id: string;
  readonly ses_use_case_id: string;
  readonly setup_id: string;
  readonly from_address: string;
  readonly to_address: string;
  readonly subject: string;
  /** Null while it is not known to be sent. */
  readonly state: EmailState | null;
  readonly sent_at: string | null;
  readonly has_attachment: boolean;
  readonly open_count: number;
  readonly click_count: number;
  readonly send_outcome: "pending" | "sent" | "unknown" | "refused";
};
export type EmailDetail = EmailSummary & {
  readonly message_id: string | null;
  readonly email_type: string;
  readonly tier: string;
  readonly attachment_filenames: readonly string[];
  readonly delivered_at: string | null;
  readonly bounced_at: string | null;
  readonly bounce_type: string | null;
  readonly bounce_subtype: string | null;
  readonly complained_at: string | null;
  readonly rejected_at: string | null;
  readonly delivery_delay_at: string | null;
  readonly first_open_at: string | null;
  readonly last_open_at: string | null;
  readonly first_click_at: string | null;
  readonly last_click_at: string | null;
  readonly machine_open_count: number;
  readonly machine_click_count: number;
  readonly thread_id: string;
  readonly in_reply_to_id: string | null;
  readonly updated_at: string;
};
export type EmailPage = {
  readonly emails: readonly EmailSummary[];
  readonly has_more: boolean;
  readonly continuation_token: string | null;
};
export type EmailEvent = {
  readonly id: string;
  readonly email_id: string;
  readonly event_type: string;
  readonly event_at: string;
  readonly received_at: string;
};
export type EventPage = {
  readonly events: readonly EmailEvent[];
  readonly has_more: boolean;
  readonly continuation_token: string | null;
};

export type SuppressionItem = {
  readonly id: string;
  readonly scope: "use_case" | "setup";
  readonly setup_id: string;
  readonly use_case_id: string | null;
  readonly address: string;
  readonly reason: "unsubscribe" | "complaint" | "hard_bounce" | "soft_bounce" | "manual";
  readonly since: string;
  readonly expires_at: string | null;
  readonly source_email_id: string | null;
};
export type SuppressionPage = {
  readonly suppressions: readonly SuppressionItem[];
  readonly has_more: boolean;
  readonly continuation_token: string | null;
};
export type SendExplanation = {
  readonly would_send: boolean;
  readonly rule: string;
  readonly suppression: SuppressionItem | null;
};

export type InboundSummary = {
  readonly id: string;
  readonly setup_id: string;
  readonly ses_use_case_id: string | null;
  readonly from_address: string | null;
  readonly to_addresses: readonly string[];
  readonly subject: string;
  readonly received_at: string;
  readonly class: "human" | "auto_reply" | "bounce" | "complaint" | "list" | "report";
  readonly thread_id: string;
  readonly parent_email_id: string | null;
  readonly matched_by: "in_reply_to" | "references" | "recipient" | "none";
  readonly has_attachment: boolean;
};
export type InboundAttachment = {
  readonly filename: string;
  readonly content_type: string;
  readonly size: number;
  readonly sha256: string;
  readonly content_id: string | null;
};
export type InboundDetail = InboundSummary & {
  readonly message_id: string | null;
  readonly in_reply_to: string | null;
  readonly references: readonly string[];
  readonly text: string | null;
  readonly attachments: readonly InboundAttachment[];
  readonly inline_attachments: readonly InboundAttachment[];
  readonly verdicts: Readonly<Record<"spam" | "virus" | "spf" | "dkim" | "dmarc", string | null>>;
  readonly known_sender: boolean;
  readonly parse_status: string;
};
export type InboundPage = {
  readonly emails: readonly InboundSummary[];
  readonly has_more: boolean;
  readonly continuation_token: string | null;
};
export type ThreadMessage =
  | ({ readonly direction: "inbound" } & InboundSummary)
  | ({ readonly direction: "outbound"; readonly in_reply_to_id: string | null } & EmailSummary);
export type ThreadBody = {
  readonly thread_id: string;
  readonly messages: readonly ThreadMessage[];
  readonly has_more: boolean;
  readonly continuation_token: string | null;
};

/** RFC 9457, with our own members. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
};

/** That a body has these members, given in one line. */
export function assertMembers(body: object | undefined, names: string): void {
  for (const name of names.split(" "))
    assert.ok(body && Object.hasOwn(body, name), `the member ${name} is missing`);
}
