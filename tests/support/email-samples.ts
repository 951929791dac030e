// E-mails and events for tests: values that differ only by a number, and the stores to keep them in.
// Imported by Node as well: no bun:test here.
import assert from "node:assert/strict";
import type { Database } from "../../adapters/libsql/database.ts";
import { makeEmailStore } from "../../adapters/libsql/email-store.ts";
import { makeEventStore } from "../../adapters/libsql/event-store.ts";
import type { NewEmail } from "../../core/email/email.ts";
import type { MailEvent } from "../../core/email/mail-event.ts";
import type { Id } from "../../core/ids.ts";
import type { CapacityAsked, EmailFilter, SendQuestion } from "../../core/ports/email-store.ts";
import type { EventFilter } from "../../core/ports/event-store.ts";
import type { ReputationQuestion } from "../../core/ports/reputation-store.ts";
import { ACCOUNT_HOUR_MS, accountTime } from "../../core/reputation/account-share.ts";
import type { EmailUseCase } from "../../core/use-case/use-case.ts";
import { makeReputationStore } from "../../adapters/libsql/reputation-store.ts";
import { makeSuppressionStore } from "../../adapters/libsql/suppression-store.ts";
import { addSetup, addUseCase, addWorkspace, makeChannelStores, SAMPLE_TIME } from "./channel-samples.ts";

export const makeEmailStores = (database: Database) => ({
  ...makeChannelStores(database),
  emails: makeEmailStore(database),
  events: makeEventStore(database),
  suppressions: makeSuppressionStore(database),
  reputation: makeReputationStore(database),
});
export type EmailStores = ReturnType<typeof makeEmailStores>;

export const numbered = (kind: string, n: number): Id =>
  `00000000-0000-7000-8${kind}-${String(n).padStart(12, "0")}`;
export const emailId = (n: number): Id => numbered("e01", n);
export const eventId = (n: number): Id => numbered("e02", n);
/** As SES writes them. */
export const messageId = (n: number): string =>
  `0107018f00000000-00000000-0000-4000-8000-${String(n).padStart(12, "0")}-000000`;

/** Workspace, setup and use case of this number, ready to send. */
export async function withUseCase(stores: EmailStores, n = 1): Promise<EmailUseCase> {
  const { id } = await addWorkspace(stores, n);
  return addUseCase(stores, await addSetup(stores, id, n), n);
}

export const sampleEmail = (useCase: EmailUseCase, n: number, changes: Partial<NewEmail> = {}): NewEmail => ({
  id: emailId(n),
  workspaceId: useCase.workspaceId,
  setupId: useCase.setupId,
  useCaseId: useCase.id,
  fromAddress: useCase.senderEmailAddress,
  toAddress: `Patient${n}@post.example`,
  subject: `Reminder ${n}`,
  emailType: useCase.emailType,
  tier: useCase.tier,
  unsubscribeScope: useCase.unsubscribeScope,
  inReplyToId: null,
  references: [],
  answersHumanMailAt: null,
  attachments: [],
  writtenAt: SAMPLE_TIME + n,
  cohortAt: hourOf(changes.writtenAt ?? SAMPLE_TIME + n),
  ...changes,
});

const DAY_MS = 24 * ACCOUNT_HOUR_MS;
/** The cohort of a mail written then, where a sending day is a day. */
export const hourOf = (at: number): number => at - (at % ACCOUNT_HOUR_MS);

/** What a mail asks that is written then. */
export const askedAt = (at = SAMPLE_TIME): CapacityAsked => ({
  dayStartsAt: at - (at % DAY_MS),
  account: accountTime(at),
});

/** What is asked before a mail of the use case to nobody in particular. */
export const question = (useCase: EmailUseCase, changes: Partial<SendQuestion> = {}): SendQuestion => ({
  workspaceId: useCase.workspaceId,
  useCaseId: useCase.id,
  recipient: "patient1@post.example",
  idempotencyKey: null,
  inReplyToId: null,
  ...changes,
});

/** An event of mail `mail`, untagged; `n` makes it one of its own. */
export const sampleEvent = (mail: number, n: number, changes: Partial<MailEvent> = {}): MailEvent => ({
  id: eventId(n),
  type: "Delivery",
  providerMessageId: messageId(mail),
  emailId: null,
  mailSentAt: SAMPLE_TIME + mail,
  occurredAt: SAMPLE_TIME + 1_000 + n,
  receivedAt: SAMPLE_TIME + 2_000 + n,
  notificationId: `notification-${n}`,
  naturalKey: `key-${String(n).padStart(6, "0")}`,
  bounceType: null,
  bounceSubtype: null,
  complaintFeedbackType: null,
  complaintSubtype: null,
  isLikelyBot: false,
  ...changes,
});

/** Written ahead and accepted by the provider at `writtenAt` + 100. */
export async function addSentEmail(
  stores: EmailStores,
  useCase: EmailUseCase,
  n: number,
  changes: Partial<NewEmail> = {},
): Promise<NewEmail> {
  const email = await addWrittenEmail(stores, useCase, n, changes);
  await stores.emails.recordSent(email.id, messageId(n), email.writtenAt + 100);
  return email;
}

export async function addWrittenEmail(
  stores: EmailStores,
  useCase: EmailUseCase,
  n: number,
  changes: Partial<NewEmail> = {},
): Promise<NewEmail> {
  const email = sampleEmail(useCase, n, changes);
  assert.equal((await stores.emails.writeAhead(email, null, askedAt(email.writtenAt))).ok, true);
  return email;
}

/** Asks for all that is known of a use case, whatever workspace it is of; today is the day of the samples. */
export const reputationQuestion = (
  { id }: EmailUseCase,
  changes: Partial<ReputationQuestion> = {},
): ReputationQuestion => ({
  useCaseId: id,
  workspaceId: null,
  now: SAMPLE_TIME,
  dayMs: DAY_MS,
  dayStartsAt: SAMPLE_TIME,
  daysFrom: 0,
  bucketsFrom: 0,
  incidentsFrom: 0,
  historyMax: 10,
  ...changes,
});

type Scope = { readonly workspaceId: Id; readonly useCaseId: Id | null; readonly setupId: Id | null };

/** The use case's own scope, unless told otherwise. */
export const scopeOf = ({ workspaceId, id }: EmailUseCase, changes: Partial<Scope> = {}): Scope => ({
  workspaceId,
  useCaseId: id,
  setupId: null,
  ...changes,
});

export const emailFilter = (scope: Scope, changes: Partial<EmailFilter> = {}): EmailFilter => ({
  ...scope,
  toAddresses: [],
  states: [],
  sendOutcomes: [],
  sentAfter: null,
  sentBefore: null,
  ...changes,
});

export const eventFilter = (scope: Scope, changes: Partial<EventFilter> = {}): EventFilter => ({
  ...scope,
  emailIds: [],
  eventTypes: [],
  eventAtAfter: null,
  eventAtBefore: null,
  ...changes,
});
