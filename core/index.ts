// The one door of this folder for other programs: `import { deriveDnsRecords } from "postrider/core"`. It has no
// dependency and does no I/O, so it loads in any JavaScript runtime; whoever calls an operation hands it the ports.
// The only barrel of the project, because a package needs a public face: our own code imports the files themselves. Not
// listed is what only serves the files beside it and may change with them (encodings, matching, steps of provisioning).

// Words that every concept uses.
export * from "./result.ts";
export * from "./ids.ts";
export * from "./outage.ts";
export * from "./idempotency/idempotency.ts";

// Who may do what.
export * from "./access/workspace.ts";
export * from "./access/api-key.ts";
export * from "./access/api-key-text.ts";
export * from "./access/permission.ts";
export * from "./access/caller.ts";
export * from "./access/recognise-caller.ts";
export * from "./access/create-workspace.ts";
export * from "./access/get-workspace.ts";
export * from "./access/list-workspaces.ts";
export * from "./access/issue-api-key.ts";
export * from "./access/list-api-keys.ts";
export * from "./access/revoke-api-key.ts";

// Setups: a domain, its DNS records, and what was found of them.
export * from "./setup/ses-setup.ts";
export * from "./setup/domain-name.ts";
export * from "./setup/tenant-name.ts";
export * from "./setup/dns-records.ts";
export * from "./setup/dns-verdict.ts";
export * from "./setup/dmarc.ts";
export * from "./setup/spf.ts";
export * from "./setup/create-setup.ts";
export * from "./setup/find-setup.ts";
export * from "./setup/list-setups.ts";
export * from "./setup/check-setup.ts";
export * from "./setup/delete-setup.ts";

// Use cases: a channel bound to a setup.
export * from "./use-case/use-case.ts";
export * from "./use-case/use-case-name.ts";
export * from "./use-case/display-name.ts";
export * from "./use-case/sender-address.ts";
export * from "./use-case/sending-pool.ts";
export * from "./use-case/configuration-set.ts";
export * from "./use-case/create-email-use-case.ts";
export * from "./use-case/create-twilio-use-case.ts";
export * from "./use-case/get-use-case.ts";
export * from "./use-case/list-use-cases.ts";
export * from "./use-case/delete-use-case.ts";

// Voice: Twilio accounts, their phone numbers, and what Twilio tells of calls.
export * from "./voice/twilio-setup.ts";
export * from "./voice/phone-number.ts";
export * from "./voice/create-twilio-setup.ts";
export * from "./voice/find-twilio-setup.ts";
export * from "./voice/check-profile.ts";
export * from "./voice/list-twilio-setups.ts";
export * from "./voice/replace-auth-token.ts";
export * from "./voice/delete-twilio-setup.ts";
export * from "./voice/list-account-numbers.ts";
export * from "./voice/assign-number.ts";
export * from "./voice/list-numbers.ts";
export * from "./voice/release-number.ts";
export * from "./voice/receive-webhook.ts";

// E-mails: sending them, and what became of them.
export * from "./email/email.ts";
export * from "./email/email-state.ts";
export * from "./email/mail-event.ts";
export * from "./email/settle.ts";
export * from "./email/address.ts";
export * from "./email/attachment.ts";
export * from "./email/content-disposition.ts";
export * from "./email/send-email.ts";
export * from "./email/read-email.ts";
export * from "./email/receive-notification.ts";

// Inbound: mail that arrives, what a parser makes of it, and reading it.
export * from "./inbound/inbound-email.ts";
export * from "./inbound/arrival.ts";
export * from "./inbound/parsed-message.ts";
export * from "./inbound/leaves.ts";
export * from "./inbound/content-id.ts";
export * from "./inbound/file-name.ts";
export * from "./inbound/flowed-text.ts";
export * from "./inbound/mail-class.ts";
export * from "./inbound/take-in.ts";
export * from "./inbound/receive-inbound.ts";
export * from "./inbound/reconcile-inbound.ts";
export * from "./inbound/read-inbound.ts";
export * from "./inbound/answered-mail.ts";

// Threads: which message answers which, and what a reply has to say of it.
export * from "./threading/message-id.ts";
export * from "./threading/place-in-thread.ts";
export * from "./threading/join-thread.ts";
export * from "./threading/reply-headers.ts";

// Reputation: tiers, daily capacity, and what moves a use case between them.
export * from "./reputation/tier-policy.ts";
export * from "./reputation/read-tier-policy.ts";
export * from "./reputation/standing.ts";
export * from "./reputation/checks.ts";
export * from "./reputation/mail-counts.ts";
export * from "./reputation/daily-capacity.ts";
export * from "./reputation/suspension-limits.ts";
export * from "./reputation/tier-limits.ts";
export * from "./reputation/review-standing.ts";
export * from "./reputation/account-share.ts";
export * from "./reputation/review-tier.ts";
export * from "./reputation/get-reputation.ts";
export * from "./reputation/resume-sending.ts";

// Suppressions and unsubscribing: who is not to get which mail, and why.
export * from "./suppression/suppression.ts";
export * from "./suppression/founding.ts";
export * from "./suppression/explain-send.ts";
export * from "./suppression/explain-suppression.ts";
export * from "./suppression/add-suppression.ts";
export * from "./suppression/lift-suppression.ts";
export * from "./unsubscribe/list-unsubscribe.ts";
export * from "./unsubscribe/visible-link.ts";
export * from "./unsubscribe/unsubscribe.ts";

// Messages: RFC 5322 text, planned and not yet rendered.
export * from "./message/address.ts";
export * from "./message/header-text.ts";
export * from "./message/headers.ts";
export * from "./message/plan.ts";
export * from "./message/plan-message.ts";

// What the outside has to provide.
export type * from "./ports/api-key-store.ts";
export type * from "./ports/arrival-reader.ts";
export type * from "./ports/background.ts";
export type * from "./ports/blob-store.ts";
export type * from "./ports/clock.ts";
export type * from "./ports/dns-resolver.ts";
export type * from "./ports/email-store.ts";
export type * from "./ports/event-store.ts";
export type * from "./ports/file-downloads.ts";
export type * from "./ports/html-to-text.ts";
export type * from "./ports/id-source.ts";
export type * from "./ports/idempotency-store.ts";
export type * from "./ports/inbound-mailbox.ts";
export type * from "./ports/inbound-store.ts";
export * from "./ports/installation-store.ts";
export type * from "./ports/keyset-page.ts";
export * from "./ports/mail-provider.ts";
export type * from "./ports/mailer.ts";
export type * from "./ports/message-parser.ts";
export type * from "./ports/notification-reader.ts";
export type * from "./ports/offset-page.ts";
export type * from "./ports/phone-number-store.ts";
export type * from "./ports/provider-suppression-list.ts";
export type * from "./ports/random-source.ts";
export type * from "./ports/reputation-store.ts";
export type * from "./ports/secret-box.ts";
export type * from "./ports/setup-store.ts";
export type * from "./ports/sha256.ts";
export type * from "./ports/slots.ts";
export type * from "./ports/suppression-store.ts";
export type * from "./ports/token-signer.ts";
export type * from "./ports/topic-confirmer.ts";
export type * from "./ports/twilio-setup-store.ts";
export type * from "./ports/unsubscribe-tokens.ts";
export type * from "./ports/use-case-store.ts";
export type * from "./ports/voice-provider.ts";
export type * from "./ports/voice-webhooks.ts";
export type * from "./ports/workspace-store.ts";
