import { expect, test } from "bun:test";
import { type ClassEvidence, classOf, type MailClass } from "../../../core/inbound/mail-class.ts";

type Mail = Partial<Omit<ClassEvidence, "mediaTypes" | "field">> & {
  readonly fields?: Readonly<Record<string, string>>;
  readonly types?: readonly string[];
};

const evidence = ({ fields = {}, types = ["text/plain"], ...rest }: Mail): ClassEvidence => ({
  field: (name) => fields[name] ?? null,
  fromAddress: "ann@example.com",
  subject: "Hello",
  mediaTypes: new Set(types),
  reportType: null,
  feedbackType: null,
  actions: [],
  ...rest,
});

const header = (name: string, value: string): Mail => ({ fields: { [name]: value } });
const dsn = (actions: readonly string[]): Mail => ({
  types: ["multipart/report", "text/plain", "message/delivery-status"],
  reportType: "delivery-status",
  actions,
});
const complaint = (feedbackType: string | null): Mail => ({
  types: ["multipart/report", "message/feedback-report"],
  reportType: "feedback-report",
  feedbackType,
});

const ROWS: readonly [name: string, found: MailClass, mail: Mail][] = [
  ["a letter", "human", {}],
  ["a no-reply sender alone", "human", { fromAddress: "no-reply@example.com" }],
  ["Outlook's wish for no automatic answers", "human", header("x-auto-response-suppress", "All")],
  ["SES's Feedback-ID", "human", header("feedback-id", "1.eu-central-1.x=:AmazonSES")],
  ["a return path", "human", header("return-path", "<ann@example.com>")],

  ["RFC 3834: auto-replied", "auto_reply", header("auto-submitted", "auto-replied")],
  [
    "in any case, with comment and parameter",
    "auto_reply",
    header("auto-submitted", "(vacation) Auto-Replied; x=y"),
  ],
  ["RFC 3834: auto-generated", "auto_reply", header("auto-submitted", "auto-generated")],
  ["RFC 5436: auto-notified", "auto_reply", header("auto-submitted", "auto-notified; owner-email=x")],
  ["RFC 3834: no", "human", header("auto-submitted", "no")],
  ["no, with a comment", "human", header("auto-submitted", " No (really)")],
  ["an empty one says nothing", "human", header("auto-submitted", "")],
  [
    "no outweighs how it travelled",
    "human",
    { fields: { "auto-submitted": "no", precedence: "bulk", "return-path": "<>" } },
  ],
  ["no on a list is the list's", "list", { fields: { "auto-submitted": "no", "list-id": "<a.example>" } }],
  ["X-Autoreply", "auto_reply", header("x-autoreply", "yes")],
  ["X-Autoreply: no", "human", header("x-autoreply", "no")],
  ["X-Autorespond", "auto_reply", header("x-autorespond", "Out of office")],
  ["X-Autoresponder", "auto_reply", header("x-autoresponder", "1")],
  ["X-Auto-Reply-From", "auto_reply", header("x-auto-reply-from", "ann@example.com")],
  ["Precedence: auto_reply", "auto_reply", header("precedence", "auto_reply")],
  [
    "an auto-reply in bulk",
    "auto_reply",
    { fields: { "auto-submitted": "auto-replied", precedence: "bulk" } },
  ],
  ["an old vacation program", "auto_reply", { fields: { precedence: "junk", "in-reply-to": "<a@b>" } }],
  [
    "no reverse path, in answer to a mail",
    "auto_reply",
    { fields: { "return-path": "<>", "in-reply-to": "<a@b>" } },
  ],

  ["RFC 2919: List-Id", "list", header("list-id", "News <news.example.com>")],
  ["RFC 2369: List-Unsubscribe", "list", header("list-unsubscribe", "<mailto:u@example.com>")],
  ["List-Post", "list", header("list-post", "NO")],
  ["Precedence: list", "list", header("precedence", "list")],
  ["Precedence: bulk", "list", header("precedence", "Bulk")],
  [
    "generated for a list",
    "list",
    { fields: { "auto-submitted": "auto-generated", "list-id": "<a.example>" } },
  ],

  ["RFC 3464: failed", "bounce", dsn(["failed"])],
  ["delayed", "bounce", dsn(["delayed"])],
  ["failed for one of two", "bounce", dsn(["delivered", "failed"])],
  ["delivered", "report", dsn(["delivered"])],
  ["relayed and expanded", "report", dsn(["relayed", "expanded"])],
  ["no action can be read", "bounce", dsn([])],
  [
    "RFC 6533: global-delivery-status",
    "bounce",
    { types: ["multipart/report", "message/global-delivery-status"] },
  ],
  [
    "a status inside mixed",
    "bounce",
    { types: ["multipart/mixed", "message/delivery-status"], actions: ["failed"] },
  ],
  ["a report without its part", "bounce", { types: ["multipart/report"], reportType: "delivery-status" }],
  [
    "a bounce says it was submitted automatically",
    "bounce",
    { ...dsn(["failed"]), fields: { "auto-submitted": "auto-replied" } },
  ],
  ["Exim: X-Failed-Recipients", "bounce", header("x-failed-recipients", "bob@example.net")],
  ["qmail: MAILER-DAEMON", "bounce", { fromAddress: "MAILER-DAEMON@mx.example" }],
  ["postmaster", "bounce", { fromAddress: "postmaster@mx.example" }],
  ["a name that only begins so", "human", { fromAddress: "postmaster.general@mx.example" }],
  ["no reverse path", "bounce", header("return-path", " < > ")],

  ["RFC 5965: abuse", "complaint", complaint("abuse")],
  ["opt-out", "complaint", complaint("opt-out")],
  ["no type can be read", "complaint", complaint(null)],
  ["RFC 6591: auth-failure", "report", complaint("auth-failure")],
  ["RFC 6430: not-spam", "report", complaint("not-spam")],
  [
    "a complaint from postmaster",
    "complaint",
    { ...complaint("abuse"), fromAddress: "postmaster@isp.example" },
  ],

  [
    "RFC 8098: a read receipt",
    "report",
    {
      types: ["multipart/report", "message/disposition-notification"],
      reportType: "disposition-notification",
    },
  ],
  ["RFC 8460: TLS reports", "report", { types: ["multipart/mixed", "application/tlsrpt+gzip"] }],
  ["by its header", "report", header("tls-report-domain", "example.com")],
  [
    "RFC 9990: DMARC reports",
    "report",
    {
      subject: "Report Domain: example.com Submitter: isp.example Report-ID: <1>",
      types: ["multipart/mixed", "application/gzip"],
    },
  ],
  ["who writes about one", "human", { subject: "Report Domain: example.com Submitter: isp.example" }],
];

test.each(ROWS)("%s: %s", (_, found, mail) => {
  expect(classOf(evidence(mail))).toBe(found);
});
