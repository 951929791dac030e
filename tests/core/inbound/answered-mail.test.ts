import { describe, expect, test } from "bun:test";
import { answeredBy, humanMailAt, type ReplyRefused } from "../../../core/inbound/answered-mail.ts";
import type { InboundEmail } from "../../../core/inbound/inbound-email.ts";
import { MAIL_CLASSES } from "../../../core/inbound/mail-class.ts";

const VERDICTS = { spam: "PASS", virus: "PASS", spf: "PASS", dkim: "PASS", dmarc: "PASS" } as const;
const USE_CASE = { id: "use case", setupId: "setup" };

const received = (changes: Partial<InboundEmail> = {}): InboundEmail => ({
  id: "inbound",
  workspaceId: "workspace",
  setupId: USE_CASE.setupId,
  useCaseId: USE_CASE.id,
  fromAddress: "Ann@Post.example",
  toAddresses: ["hello@mail.example"],
  subject: "Question",
  receivedAt: 100,
  mailClass: "human",
  threadId: "inbound",
  parentEmailId: null,
  matchedBy: "recipient",
  hasAttachment: false,
  messageId: "a@x",
  inReplyTo: [],
  references: [],
  chain: [],
  files: [],
  verdicts: VERDICTS,
  knownSender: true,
  parseStatus: "parsed",
  rawSizeBytes: 1,
  hasHtml: false,
  hasText: true,
  ...changes,
});

describe("answeredBy", () => {
  const mismatch = { kind: "reply_scope_mismatch" } as const;
  const rows: [name: string, inReplyTo: InboundEmail | null, answer: InboundEmail | ReplyRefused][] = [
    ["a mail of this use case", received(), received()],
    ["a mail of the setup, for no use case", received({ useCaseId: null }), received({ useCaseId: null })],
    ["a mail of another use case of the setup", received({ useCaseId: "other" }), mismatch],
    ["a mail of another setup", received({ setupId: "other" }), mismatch],
    ["a mail of another setup, for no use case", received({ setupId: "other", useCaseId: null }), mismatch],
    ["a mail that is not there, or another workspace's", null, { kind: "inbound_email_not_found" }],
  ];
  test.each(rows)("%s", (_, inReplyTo, answer) => {
    const result = answeredBy({ inReplyToId: "inbound" }, USE_CASE, { inReplyTo });
    expect(result.ok ? result.value : result.error).toEqual(answer);
  });

  test("a send that answers nothing", () => {
    expect(answeredBy({ inReplyToId: null }, USE_CASE, { inReplyTo: null })).toEqual({
      ok: true,
      value: null,
    });
  });
});

describe("humanMailAt", () => {
  const rows: [name: string, mail: Partial<InboundEmail>, to: string, at: number | null][] = [
    ["a person's, answered to that person", {}, "ann@post.example", 100],
    ["in whatever case", {}, "ANN@POST.EXAMPLE", 100],
    ["to somebody else", {}, "bob@post.example", null],
    ["to another of that person's addresses", {}, "ann+news@post.example", null],
    ["forged: its domain disowns it", { verdicts: { ...VERDICTS, dmarc: "FAIL" } }, "ann@post.example", null],
    ["of a domain that says nothing", { verdicts: { ...VERDICTS, dmarc: "GRAY" } }, "ann@post.example", 100],
    ["not examined", { verdicts: { ...VERDICTS, dmarc: null } }, "ann@post.example", 100],
    ["one without a sender", { fromAddress: null }, "ann@post.example", null],
    ...MAIL_CLASSES.filter((mailClass) => mailClass !== "human").map(
      (mailClass): [string, Partial<InboundEmail>, string, null] => [
        `what a machine wrote: ${mailClass}`,
        { mailClass },
        "ann@post.example",
        null,
      ],
    ),
  ];
  test.each(rows)("%s", (_, mail, to, at) => {
    expect(humanMailAt(received(mail), to)).toBe(at);
  });
});
