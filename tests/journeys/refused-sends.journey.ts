// Sends that are refused before the provider is asked, each leaving nothing behind, and
// the limits themselves, which are inclusive.
import assert from "node:assert/strict";
import PostalMime from "postal-mime";
import type { ApiAnswer } from "../support/api-client.ts";
import { type FileToSend, type MailSender, randomFile, type SendFields } from "../support/mail-sender.ts";
import { type BodyPart, multipartBody } from "../support/multipart-body.ts";
import { assertRefused, type RefusalRow } from "../support/refusals.ts";
import type { Journey, World } from "../support/world.ts";

const MB = 1_048_576;
const INVALID = { status: 422, code: "validation_failed" };

const file = (name: string, text = "x"): FileToSend => ({
  name,
  type: "text/plain",
  octets: new TextEncoder().encode(text),
});

const BAD_ADDRESSES: readonly string[] = [
  "pat",
  "pat@",
  "@example.org",
  "pat@example",
  "pat@example..org",
  "pat@-example.org",
  "pat@[192.0.2.1]",
  "pat@192.0.2.1",
  ".pat@example.org",
  "pat.@example.org",
  "p at@example.org",
  "pat@exam ple.org",
  '"pat"@example.org',
  "Pat <pat@example.org>",
  "pat@example.org, sam@example.org",
  "pat@example.org\r\nBcc: sam@example.org",
  "pat@example.org\n",
  "pät@example.org",
  `${"p".repeat(65)}@example.org`,
  `pat@${"a.".repeat(130)}example.org`,
];

const BAD_FILE_NAMES: readonly string[] = [
  "a/b.txt",
  "a\\b.txt",
  "../a.txt",
  "..",
  ".hidden",
  "trailing.",
  " leading.txt",
  "trailing.txt ",
  "a\u0001b.txt",
  "a\u007fb.txt",
  "invoice\u202efdp.txt",
  "CON",
  "nul.txt",
  "Com1.pdf",
  "LPT9",
  "x".repeat(256),
];
const BLOCKED_FILE_NAMES: readonly string[] = [
  "a.exe",
  "a.EXE",
  "invoice.pdf.js",
  "a.vbs",
  "a.ps1",
  "a.bat",
  "a.lnk",
];

const field = (name: string, value: string): BodyPart => ({ name, value });
const fieldsOf = ({ useCase }: MailSender): BodyPart[] => [
  field("use_case_id", useCase.id),
  field("to_address", "pat@example.org"),
  field("subject", "Your appointment"),
  field("body_html", "<p>Tomorrow at nine.</p>"),
];

/** Sends by parts, for what FormData would rewrite. */
const postParts = (sender: MailSender, parts: readonly BodyPart[]) => (): Promise<ApiAnswer> =>
  sender.workspace.api.call("POST", sender.sendPath, multipartBody(parts));

async function scene(world: World) {
  const sender = await (await world.newWorkspace()).sender();
  const row = (name: string, fields: SendFields, pointer: string): RefusalRow => ({
    name,
    ask: () => sender.post(fields),
    ...INVALID,
    pointer,
  });
  return { sender, workspace: sender.workspace, row };
}

export const journeys: readonly Journey[] = [
  {
    name: "sends with fields that are none, missing, repeated or unknown",
    async run(world) {
      const { sender, workspace, row } = await scene(world);
      const fields = fieldsOf(sender);
      const replaced = (name: string, value: string): BodyPart[] =>
        fields.map((part) => (part.name === name ? field(name, value) : part));
      const parts = (name: string, given: readonly BodyPart[], pointer: string): RefusalRow => ({
        name,
        ask: postParts(sender, given),
        ...INVALID,
        pointer,
      });
      const rows: RefusalRow[] = [
        ...fields.flatMap(({ name }) => [
          row(`no ${name}`, { [name]: null }, name),
          row(`an empty ${name}`, { [name]: "" }, name),
          parts(`${name} twice`, [...fields, field(name, "x")], name),
        ]),
        ...BAD_ADDRESSES.map((address) =>
          parts(`to ${JSON.stringify(address).slice(0, 60)}`, replaced("to_address", address), "to_address"),
        ),
        row("a use case id that is none", { use_case_id: "reminders" }, "use_case_id"),
        row("a subject of 999 characters", { subject: "x".repeat(999) }, "subject"),
        row("a subject of 999 characters outside the BMP", { subject: "👋".repeat(999) }, "subject"),
        parts("a subject with CR LF", replaced("subject", "Hi\r\nBcc: sam@example.org"), "subject"),
        parts("a subject with CR", replaced("subject", "Hi\rthere"), "subject"),
        parts("a subject with LF", replaced("subject", "Hi\nthere"), "subject"),
        parts("a subject with NUL", replaced("subject", "Hi\u0000there"), "subject"),
        row("a body of one octet over 1 MB", { body_html: "x".repeat(MB + 1) }, "body_html"),
        row("a text of one octet over 1 MB", { body_text: "x".repeat(MB + 1) }, "body_text"),
        parts("a field nobody knows", [...fields, field("cc", "sam@example.org")], "cc"),
        parts("attachments that are no file", [...fields, field("attachments", "x")], "attachments"),
        parts("a file under another name", [...fields, { ...field("file", "x"), filename: "a.txt" }], "file"),
      ];
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "files too many, too large, empty, badly named, twice named or of a kind that is not delivered",
    async run(world) {
      const { sender, workspace, row } = await scene(world);
      const fields = fieldsOf(sender);
      const named = (filename: string): RefusalRow => ({
        name: `a file named ${JSON.stringify(filename).slice(0, 60)}`,
        ask: postParts(sender, [
          ...fields,
          { name: "attachments", value: "x", filename, type: "text/plain" },
        ]),
        ...INVALID,
        pointer: "attachments/0",
      });
      const twice = (one: string, other: string): RefusalRow =>
        row(`${one} and ${other}`, { attachments: [file(one), file(other)] }, "attachments");
      const rows: RefusalRow[] = [
        row("a sixth file", { attachments: [1, 2, 3, 4, 5, 6].map((n) => file(`${n}.txt`)) }, "attachments"),
        row("an empty file", { attachments: [file("a.txt"), file("b.txt", "")] }, "attachments/1"),
        { ...named(""), name: "a file without a name" },
        ...BAD_FILE_NAMES.map(named),
        ...BLOCKED_FILE_NAMES.map(named),
        twice("a.txt", "a.txt"),
        twice("Report.pdf", "rEPORT.PDF"),
        twice("Über.pdf", "U\u0308ber.pdf"),
        twice("straße.pdf", "STRASSE.pdf"),
        {
          name: "a file of one octet over 5 MB",
          ask: () => sender.post({ attachments: [file("a.txt"), randomFile("b.pdf", 5 * MB + 1)] }),
          status: 413,
          code: "attachment_too_large",
          members: { size_bytes_max: 5 * MB },
        },
        {
          name: "a form larger than any form of ours",
          ask: () =>
            sender.post({ attachments: [1, 2, 3, 4, 5, 6, 7].map((n) => randomFile(`${n}.pdf`, 5 * MB)) }),
          status: 413,
          code: "body_too_large",
        },
      ];
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "use cases that cannot be sent through",
    async run(world) {
      const { sender, workspace } = await scene(world);
      const theirs = await (await world.newWorkspace()).sender();
      const gone = await workspace.useCase(sender.setup);
      await workspace.api.call("DELETE", `/v1/use-case/${gone.id}`);
      const through = (name: string, id: string): RefusalRow => ({
        name,
        ask: () => sender.post({ use_case_id: id, attachments: [file("a.txt")] }),
        status: 404,
        code: "use_case_not_found",
      });
      await assertRefused(workspace, [
        through("an unknown one", crypto.randomUUID()),
        through("a stranger's", theirs.useCase.id),
        through("one that was deleted", gone.id),
        through("a setup's id", sender.setup.id),
      ]);
    },
  },
  {
    name: "a send at every limit is taken",
    async run(world) {
      const { sender } = await scene(world);
      const subject = `${"ä".repeat(500)}${"👋".repeat(498)}`;
      const to = `${"p".repeat(64)}@${world.unique("x")}.example`;
      const names = [
        `${"文".repeat(251)}.txt`,
        "a.b.c",
        "COM.txt",
        "con1.txt",
        "naïve (1) [final], v2; 'x'.txt",
      ];
      const sent = await sender.send({
        to_address: to,
        subject,
        body_html: "é".repeat(MB / 2),
        body_text: "x".repeat(MB),
        attachments: names.map((name) => file(name, name)),
      });
      assert.deepEqual(sent.attachment_filenames, names);
      const mail = await world.sandbox.onlyMail(to);
      const parsed = await PostalMime.parse(await world.sandbox.raw(mail.id), {
        forceRfc822Attachments: true,
      });
      assert.equal(parsed.subject, subject);
      assert.equal(parsed.html?.trimEnd().length, MB / 2);
      assert.equal(parsed.text?.trimEnd().length, MB);
      assert.deepEqual(
        parsed.attachments.map(({ filename }) => filename),
        names,
      );
      assert.equal((await sender.email(sent.id)).subject, subject);
    },
  },
  {
    name: "an address at a domain in any script is written to in its ASCII form",
    async run(world) {
      const { sender } = await scene(world);
      const local = world.unique("pat");
      const sent = await sender.send({ to_address: `${local}@Bücher.example` });
      assert.equal((await sender.email(sent.id)).to_address, `${local}@xn--bcher-kva.example`);
      await world.sandbox.onlyMail(`${local}@xn--bcher-kva.example`);
      const { emails } = await sender.emails({ to_address: `${local.toUpperCase()}@bücher.example` });
      assert.deepEqual(
        emails.map(({ id }) => id),
        [sent.id],
      );
    },
  },
];
