// Sends one e-mail through a use case. Never sent twice by us, never lost after the answer: the row is written before
// the provider is called and the provider is called at most once for a row; what it answered is recorded after. A crash
// between the two leaves a row found `sending`, which is an unknown outcome until an event settles it.
// Not decided here: how large capacity is (reputation/), and which form fields are valid (the edge).
import type { IdempotencyClaim, IdempotencyRefused } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import { answeredBy, humanMailAt, type ReplyRefused } from "../inbound/answered-mail.ts";
import type { InboundEmail } from "../inbound/inbound-email.ts";
import type { Header } from "../message/headers.ts";
import { planMessage } from "../message/plan-message.ts";
import type { MessagePlan } from "../message/plan.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { CapacityTaken, EmailStore, SendContext, WriteAheadRefused } from "../ports/email-store.ts";
import type { HtmlToText } from "../ports/html-to-text.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { Mailer, MailRefusal } from "../ports/mailer.ts";
import type { RandomSource } from "../ports/random-source.ts";
import type { UnsubscribeTokens } from "../ports/unsubscribe-tokens.ts";
import { accountRetrySeconds, accountTime } from "../reputation/account-share.ts";
import { cohortOf } from "../reputation/mail-counts.ts";
import { dayStart, nextDayStart } from "../reputation/sending-time.ts";
import type { TierPolicy } from "../reputation/tier-policy.ts";
import { err, ok, type Result } from "../result.ts";
import { mayBeSentFrom, type SesSetup } from "../setup/ses-setup.ts";
import { explainSend } from "../suppression/explain-send.ts";
import type { SuppressionReason } from "../suppression/suppression.ts";
import { replyHeaders, withAncestors } from "../threading/reply-headers.ts";
import { unsubscribeHeaders, unsubscribeLink } from "../unsubscribe/list-unsubscribe.ts";
import { withLinkInHtml, withLinkInText } from "../unsubscribe/visible-link.ts";
import type { EmailUseCase, UnsubscribeScope } from "../use-case/use-case.ts";
import { canonicalAddress, domainOf } from "./address.ts";
import { MESSAGE_BYTES_MAX } from "./attachment.ts";
import { attachmentBlobKey, bodyBlobKey } from "./email-blobs.ts";
import { shownSendOutcome } from "./email-state.ts";
import type { Email, EmailAttachment, NewEmail } from "./email.ts";

export type SendEmailPorts = {
  readonly emails: EmailStore;
  readonly blobs: BlobStore;
  readonly mailer: Mailer;
  readonly htmlToText: HtmlToText;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly random: RandomSource;
  readonly unsubscribeTokens: UnsubscribeTokens;
  readonly settings: {
    readonly dnsGraceSeconds: number;
    readonly publicUrl: string;
    readonly tierPolicy: TierPolicy;
  };
};

export type FileToSend = {
  readonly filename: string;
  readonly contentType: string;
  readonly octets: Uint8Array;
  readonly sha256: string;
};

export type SendEmail = {
  readonly workspaceId: Id;
  readonly useCaseId: Id;
  /** A sendable address: dot-atom local part, A-label domain. */
  readonly toAddress: string;
  readonly subject: string;
  readonly bodyHtml: { readonly text: string; readonly octets: Uint8Array };
  /** The caller's own text part; null: made from the HTML. */
  readonly bodyText: string | null;
  readonly files: readonly FileToSend[];
  /** The received e-mail that it answers. */
  readonly inReplyToId: Id | null;
  readonly claim: IdempotencyClaim | null;
};

export type SentEmail = {
  readonly email: SentRow;
  readonly replayed: boolean;
  /** Null when it took none, or was sent by an earlier request. */
  readonly capacity: DailyCapacity | null;
};
export type DailyCapacity = CapacityTaken & { readonly resetsInSeconds: number };
/** A mail known to be sent: these two are there. */
export type SentRow = Email & { readonly sentAt: number; readonly providerMessageId: string };

export type SendEmailRefused =
  | IdempotencyRefused
  | { readonly kind: "use_case_not_found" }
  | ReplyRefused
  | { readonly kind: "dns_not_verified" }
  | RecipientSuppressed
  | ({ readonly kind: "daily_capacity_exceeded" } & DailyCapacity)
  | { readonly kind: "message_too_large"; readonly sizeBytes: number; readonly sizeBytesMax: number }
  | { readonly kind: "send_outcome_unknown"; readonly emailId: Id }
  | MailRefusal;

/** What `explainSend` says of it; `rule` is the reason. */
export type RecipientSuppressed = {
  readonly kind: "recipient_suppressed";
  readonly rule: SuppressionReason;
  readonly scope: UnsubscribeScope;
  readonly since: number;
};

/** How long a caller that repeats a running request is asked to wait: the send budget is 15 s, most take one. */
const IN_PROGRESS_RETRY_SECONDS = 2;
const STOPPED_REASON =
  "bounces or complaints reached twice what suspends a use case. The operator has to resume it.";
/** 96 random bits: no content can hold the boundary by accident or guess it (RFC 2046 section 5.1.1). */
const BOUNDARY_SEED_BYTES = 12;

/** Sends, or replays what an earlier request with the same claim came to. Refused: nothing is left behind. */
export async function sendEmail(
  ports: SendEmailPorts,
  command: SendEmail,
): Promise<Result<SentEmail, SendEmailRefused>> {
  const context = await readContext(ports, command);
  const earlier = command.claim && answerEarlier(command.claim, context, ports.clock.now());
  if (earlier) return earlier;

  const { useCase, setup } = context;
  if (!useCase || !setup) return err({ kind: "use_case_not_found" });
  const answered = answeredBy(command, useCase, context);
  if (!answered.ok) return answered;
  if (!mayBeSentFrom(setup, ports.settings.dnsGraceSeconds, ports.clock.now()))
    return err({ kind: "dns_not_verified" });
  if (setup.sendingPausedCause !== null)
    return err({ kind: "sending_paused", reason: setup.sendingPausedCause });
  if (context.isSendingStopped) return err({ kind: "sending_paused", reason: STOPPED_REASON });

  const reply = answered.value && replyHeaders(withAncestors(answered.value, context.ancestors));
  const email = draftEmail(ports, command, {
    useCase,
    setup,
    answered: answered.value,
    references: reply?.references ?? [],
  });
  const suppressed = suppressionOf(email, context);
  if (suppressed) return err(suppressed);
  const message = await composeMessage(ports, command, { useCase, email, threading: reply?.headers ?? [] });
  if (message.sizeBytes > MESSAGE_BYTES_MAX)
    return err({ kind: "message_too_large", sizeBytes: message.sizeBytes, sizeBytesMax: MESSAGE_BYTES_MAX });

  const { tierPolicy } = ports.settings;
  const resetsInSeconds = (nextDayStart(tierPolicy, email.writtenAt) - email.writtenAt) / 1000;
  const written = await ports.emails.writeAhead(email, command.claim, {
    dayStartsAt: dayStart(tierPolicy, email.writtenAt),
    account: accountTime(email.writtenAt),
  });
  if (!written.ok) return answerNotWritten(ports, command, email, written.error, resetsInSeconds);
  const capacity = written.value && { ...written.value, resetsInSeconds };
  await storeContents(ports, command, email);
  return deliver(ports, command, { email, message, useCase, setup, capacity });
}

const readContext = (ports: SendEmailPorts, command: SendEmail): Promise<SendContext> =>
  ports.emails.sendContext(
    {
      workspaceId: command.workspaceId,
      useCaseId: command.useCaseId,
      recipient: canonicalAddress(command.toAddress),
      idempotencyKey: command.claim?.key ?? null,
      inReplyToId: command.inReplyToId,
    },
    ports.clock.now(),
  );

/** What an earlier request with this key came to, from the mail it made; null when there was none. */
function answerEarlier(
  claim: IdempotencyClaim,
  { claimed, claimedEmail }: SendContext,
  now: number,
): Result<SentEmail, SendEmailRefused> | null {
  if (!claimed) return null;
  if (claimed.fingerprint !== claim.fingerprint || !claimedEmail)
    return err({ kind: "idempotency_key_reused" });
  if (isSent(claimedEmail)) return ok({ email: claimedEmail, replayed: true, capacity: null });
  if (shownSendOutcome(claimedEmail, now) === "pending")
    return err({ kind: "request_in_progress", retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS });
  return err({ kind: "send_outcome_unknown", emailId: claimedEmail.id });
}

/** The suppression that stops this mail, or null. */
function suppressionOf(email: NewEmail, { suppressions }: SendContext): RecipientSuppressed | null {
  const { writtenAt: now, answersHumanMailAt } = email;
  const explained = explainSend(suppressions, { now, answersHumanMailAt });
  if (explained.wouldSend) return null;
  const { scope, since } = explained.suppression;
  return { kind: "recipient_suppressed", rule: explained.rule, scope, since };
}

async function answerNotWritten(
  ports: SendEmailPorts,
  command: SendEmail,
  email: NewEmail,
  refused: WriteAheadRefused,
  resetsInSeconds: number,
): Promise<Result<SentEmail, SendEmailRefused>> {
  switch (refused.kind) {
    case "daily_capacity_exceeded":
      return err({ ...refused, resetsInSeconds });
    case "account_capacity_exceeded": {
      const retryAfterSeconds = accountRetrySeconds(refused.window, email.writtenAt);
      return err({ kind: "account_capacity_exceeded", retryAfterSeconds });
    }
    default:
      return answerLostRace(ports, command, email);
  }
}

/**
 * Between the read and the write another request wrote under our key, and its mail answers; or the recipient was
 * suppressed, by unsubscribing for instance.
 */
async function answerLostRace(
  ports: SendEmailPorts,
  command: SendEmail,
  email: NewEmail,
): Promise<Result<SentEmail, SendEmailRefused>> {
  const context = await readContext(ports, command);
  const earlier = command.claim && answerEarlier(command.claim, context, ports.clock.now());
  if (earlier) return earlier;
  // Neither any more: the other request was refused and withdrew, or the suppression is lifted. The caller may simply repeat.
  return err(
    suppressionOf(email, context) ?? {
      kind: "request_in_progress",
      retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS,
    },
  );
}

type Draft = {
  readonly useCase: EmailUseCase;
  readonly setup: SesSetup;
  readonly answered: InboundEmail | null;
  readonly references: readonly string[];
};

function draftEmail(
  ports: SendEmailPorts,
  command: SendEmail,
  { useCase, setup, answered, references }: Draft,
): NewEmail {
  const writtenAt = ports.clock.now();
  const attachments = command.files.map((file): EmailAttachment => ({
    id: ports.ids.newId(),
    filename: file.filename,
    contentType: file.contentType,
    sizeBytes: file.octets.length,
    sha256: file.sha256,
  }));
  return {
    id: ports.ids.newId(),
    workspaceId: command.workspaceId,
    setupId: setup.id,
    useCaseId: useCase.id,
    fromAddress: useCase.senderEmailAddress,
    toAddress: command.toAddress,
    subject: command.subject,
    emailType: useCase.emailType,
    tier: useCase.tier,
    unsubscribeScope: useCase.unsubscribeScope,
    inReplyToId: answered?.id ?? null,
    references,
    answersHumanMailAt: answered && humanMailAt(answered, command.toAddress),
    attachments,
    writtenAt,
    cohortAt: cohortOf(ports.settings.tierPolicy, command.toAddress, writtenAt),
  };
}

async function composeMessage(
  ports: SendEmailPorts,
  command: SendEmail,
  { useCase, email, threading }: { useCase: EmailUseCase; email: NewEmail; threading: readonly Header[] },
): Promise<MessagePlan> {
  const domain = domainOf(useCase.senderEmailAddress);
  const token = await ports.unsubscribeTokens.issue(email.id);
  const link = unsubscribeLink(ports.settings.publicUrl, domain, token);
  const isMarketing = useCase.emailType === "marketing";
  const html = isMarketing ? withLinkInHtml(command.bodyHtml.text, link.url) : command.bodyHtml.text;
  const text = command.bodyText ?? ports.htmlToText.convert(html);
  return planMessage({
    from: { displayName: useCase.senderDisplayName, address: useCase.senderEmailAddress },
    to: command.toAddress,
    subject: command.subject,
    date: email.writtenAt,
    messageId: `${email.id}@${domain}`,
    bodyHtml: html,
    bodyText: isMarketing ? withLinkInText(text, link.url) : text,
    attachments: command.files,
    headers: [...threading, ...unsubscribeHeaders(link, useCase, domain)],
    boundarySeed: ports.random.hex(BOUNDARY_SEED_BYTES),
  });
}

/** Contents are stored after the row, so that each has one, and before the provider is called, so that each sent mail has its. */
async function storeContents(ports: SendEmailPorts, command: SendEmail, email: NewEmail): Promise<void> {
  try {
    await ports.blobs.put(bodyBlobKey(email.id), command.bodyHtml.octets, "text/html; charset=utf-8");
    // One after the other: five files at once would be held in flight five times over.
    for (const [index, file] of command.files.entries()) {
      const attachment = email.attachments[index];
      if (attachment)
        await ports.blobs.put(attachmentBlobKey(email.id, attachment.id), file.octets, file.contentType);
    }
  } catch (fault) {
    await withdraw(ports, email);
    throw fault;
  }
}

type ReadyToGo = {
  readonly email: NewEmail;
  readonly message: MessagePlan;
  readonly useCase: EmailUseCase;
  readonly setup: SesSetup;
  readonly capacity: DailyCapacity | null;
};

async function deliver(
  ports: SendEmailPorts,
  command: SendEmail,
  { email, message, useCase, setup, capacity }: ReadyToGo,
): Promise<Result<SentEmail, SendEmailRefused>> {
  // Before the call: an event of this mail must not bear a time before it was sent.
  const sentAt = ports.clock.now();
  const outcome = await ports.mailer.send({
    emailId: email.id,
    workspaceId: email.workspaceId,
    useCaseId: email.useCaseId,
    tenantName: setup.tenantName,
    tenantArn: setup.tenantArn,
    configurationSetName: useCase.configurationSetName,
    domainIdentity: setup.domainIdentity,
    fromAddress: email.fromAddress,
    toAddress: command.toAddress,
    message,
  });
  const unknown = err({ kind: "send_outcome_unknown" as const, emailId: email.id });
  switch (outcome.kind) {
    case "refused":
      await withdraw(ports, email);
      return err(outcome.refusal);
    case "accepted": {
      const sent = await recorded(ports.emails.recordSent(email.id, outcome.providerMessageId, sentAt));
      return sent ? ok({ email: sent, replayed: false, capacity }) : unknown;
    }
    case "unknown": {
      // An event may have been faster than the provider's answer.
      const settled = await recorded(ports.emails.recordUnknown(email.id, ports.clock.now()));
      return settled ? ok({ email: settled, replayed: false, capacity }) : unknown;
    }
  }
}

/** The mail when it is known to be sent. When the storage fails now, the outcome is unknown to the caller: an event settles it. */
async function recorded(recording: Promise<Email>): Promise<SentRow | null> {
  try {
    const email = await recording;
    return isSent(email) ? email : null;
  } catch {
    return null;
  }
}

/** Contents first: a crash in between leaves a row that names what is gone, not contents that nobody knows of. */
async function withdraw(ports: SendEmailPorts, email: NewEmail): Promise<void> {
  const keys = email.attachments.map((attachment) => attachmentBlobKey(email.id, attachment.id));
  // A blob store that fails now costs some dead octets; the refusal is the answer that matters.
  await ports.blobs.delete([bodyBlobKey(email.id), ...keys]).catch(() => undefined);
  await ports.emails.withdraw(email.id);
}

const isSent = (email: Email): email is SentRow =>
  email.sendOutcome === "sent" && email.sentAt !== null && email.providerMessageId !== null;
