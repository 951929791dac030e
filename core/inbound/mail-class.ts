// What kind of mail arrived: written by a person, or by a machine of which kind (RFC 3834, 3464, 5965, 2919). A class
// decides what is shown and what a reply may set in motion; it proves nothing, because a sender writes every header.
// Whether a bounce or a complaint is about mail of ours is decided by the provider's events, never here.

export const MAIL_CLASSES = ["human", "auto_reply", "bounce", "complaint", "list", "report"] as const;
export type MailClass = (typeof MAIL_CLASSES)[number];

/** What is looked at. Feedback-ID and a no-reply sender say nothing: SES and people's programs write both. */
export const CLASS_FIELDS = [
  "auto-submitted",
  "in-reply-to",
  "list-id",
  "list-post",
  "list-unsubscribe",
  "precedence",
  "return-path",
  "tls-report-domain",
  "x-auto-reply-from",
  "x-autoreply",
  "x-autorespond",
  "x-autoresponder",
  "x-failed-recipients",
] as const;
type ClassField = (typeof CLASS_FIELDS)[number];

export type ClassEvidence = {
  /** The first field of that name in the top header, unfolded; null when there is none. */
  readonly field: (name: ClassField) => string | null;
  readonly fromAddress: string | null;
  readonly subject: string;
  /** Of all parts, multiparts among them, in lower case. */
  readonly mediaTypes: ReadonlySet<string>;
  /** The `report-type` of a multipart/report (RFC 6522 section 3), in lower case. */
  readonly reportType: string | null;
  /** Feedback-Type of a message/feedback-report (RFC 5965 section 3.1), in lower case. */
  readonly feedbackType: string | null;
  /** The Action fields of delivery statuses (RFC 3464 section 2.3.3), in lower case. */
  readonly actions: readonly string[];
};

/** RFC 6591 reports a failed authentication, and "not-spam" (RFC 6430) takes a complaint back. */
const NO_COMPLAINTS = new Set(["auth-failure", "not-spam", "dmarc"]);
/** RFC 3464 section 2.3.3: the message went on its way. */
const ARRIVED = new Set(["delivered", "relayed", "expanded"]);
/** Names under which mail systems write (RFC 5321 section 4.5.1). */
const SYSTEM_SENDER = /^(?:mailer-daemon|postmaster)@/i;
/** RFC 7489 section 7.2.1.1 and RFC 9990: the subject of an aggregate report is fixed. */
const DMARC_SUBJECT = /^Report Domain: \S+ Submitter: /i;
const COMPRESSED = /^application\/(?:x-)?(?:gzip|zip(?:-compressed)?)$/;

type Rule = readonly [found: MailClass, holds: (mail: ClassEvidence) => boolean];

const hasPart = (mail: ClassEvidence, ...types: readonly string[]): boolean =>
  types.some((type) => mail.mediaTypes.has(type));

/** The first word of a field, without comments and parameters, in lower case; null when it is missing. */
function firstWord(mail: ClassEvidence, name: ClassField): string | null {
  const value = mail.field(name);
  // Cut first: the pattern may look at what follows each "(".
  return value === null
    ? null
    : (/[a-z_-]+/.exec(
        value
          .slice(0, 200)
          .toLowerCase()
          .replaceAll(/\([^()]*\)/g, " "),
      )?.[0] ?? "");
}

const isDeliveryStatus = (mail: ClassEvidence): boolean =>
  hasPart(mail, "message/delivery-status", "message/global-delivery-status") ||
  mail.reportType === "delivery-status";
const isFeedback = (mail: ClassEvidence): boolean =>
  hasPart(mail, "message/feedback-report") || mail.reportType === "feedback-report";
const isDmarcReport = (mail: ClassEvidence): boolean =>
  DMARC_SUBJECT.test(mail.subject) && [...mail.mediaTypes].some((type) => COMPRESSED.test(type));

/** Something that answers mail, by its own name for it. */
const isResponder = (mail: ClassEvidence): boolean =>
  (["x-autoreply", "x-autorespond", "x-autoresponder"] as const).some(
    (name) => ![null, "no", "false"].includes(firstWord(mail, name)),
  ) || mail.field("x-auto-reply-from") !== null;
/** RFC 3834 section 5: "no" says that a person wrote it. */
const isSubmittedByPerson = (mail: ClassEvidence): boolean => firstWord(mail, "auto-submitted") === "no";
const isList = (mail: ClassEvidence): boolean =>
  (["list-id", "list-post", "list-unsubscribe"] as const).some((name) => mail.field(name) !== null);
const isBulk = (mail: ClassEvidence): boolean =>
  ["bulk", "junk"].includes(firstWord(mail, "precedence") ?? "");
/** RFC 5321 section 4.5.5: mail that must not be answered has no reverse path. */
const isUnanswerable = (mail: ClassEvidence): boolean =>
  /^\s*<\s*>\s*$/.test(mail.field("return-path")?.slice(0, 200) ?? "");
const isAnswer = (mail: ClassEvidence): boolean => (mail.field("in-reply-to") ?? "").includes("<");

/** From what is written into the message on purpose to what is only told by how it travels; the first that holds. */
const RULES: readonly Rule[] = [
  ["report", (mail) => isFeedback(mail) && NO_COMPLAINTS.has(mail.feedbackType ?? "")],
  ["complaint", isFeedback],
  [
    "report",
    (mail) =>
      isDeliveryStatus(mail) &&
      mail.actions.length > 0 &&
      mail.actions.every((action) => ARRIVED.has(action)),
  ],
  ["bounce", isDeliveryStatus],
  [
    "report",
    (mail) =>
      hasPart(mail, "multipart/report", "message/disposition-notification", "message/tracking-status"),
  ],
  ["report", (mail) => hasPart(mail, "application/tlsrpt+gzip", "application/tlsrpt+json")],
  ["report", (mail) => mail.field("tls-report-domain") !== null || isDmarcReport(mail)],
  ["bounce", (mail) => mail.field("x-failed-recipients") !== null],
  ["list", (mail) => isSubmittedByPerson(mail) && isList(mail)],
  ["human", isSubmittedByPerson],
  ["bounce", (mail) => SYSTEM_SENDER.test(mail.fromAddress ?? "")],
  ["auto_reply", (mail) => firstWord(mail, "auto-submitted") === "auto-replied" || isResponder(mail)],
  ["auto_reply", (mail) => firstWord(mail, "precedence") === "auto_reply"],
  ["list", (mail) => isList(mail) || firstWord(mail, "precedence") === "list"],
  // RFC 3834 section 5 and RFC 5436: any other word than "no" is a machine's.
  ["auto_reply", (mail) => Boolean(firstWord(mail, "auto-submitted"))],
  // Old vacation programs answer with it, newsletters are sent with it.
  ["auto_reply", (mail) => isBulk(mail) && isAnswer(mail)],
  ["list", isBulk],
  ["auto_reply", (mail) => isUnanswerable(mail) && isAnswer(mail)],
  ["bounce", isUnanswerable],
];

/** A mail no rule speaks of was written by a person. */
export const classOf = (mail: ClassEvidence): MailClass =>
  RULES.find(([, holds]) => holds(mail))?.[0] ?? "human";
