// Mail whose header fields and file names carry what would be a header, a path or a trick to the eye elsewhere: line ends,
// NUL, bidi marks, separators, quotes, plain or hidden in encodings. Nothing downstream changes: what the API says, the
// headers of downloads, the headers of a reply.
import assert from "node:assert/strict";
import type { InboundDetail } from "../support/api-shapes.ts";
import { deliveredMessage } from "../support/delivered-message.ts";
import {
  attachmentPath,
  downloaded,
  inboundList,
  messageOf,
  receive,
  threadOf,
} from "../support/inbound-mail.ts";
import type { MailSender } from "../support/mail-sender.ts";
import { multipart, octetsOf, part } from "../support/mime-message.ts";
import type { Journey } from "../support/world.ts";

/** What ends a line or a text. Marks of direction belong into a subject that is Arabic or Hebrew. */
const CONTROL = /\p{Cc}/u;
/** In a file name also what nobody sees, what leads elsewhere, and what systems do not take. */
const UNSAFE_NAME = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069/\\:"<>|?*]|^\.|[. ]$/u;

/** `\r\nBcc: victim@example.org` as an encoded-word hides it. */
const HIDDEN = "=?utf-8?q?Hello=0D=0ABcc:_victim@example.org=0D=0A=0D=0A=00=3Cscript=3E=E2=80=AE?=";

/** Beside these a download may be given more by the store, but nothing that a sender wrote. */
const NOT_IN_DOWNLOADS = ["set-cookie", "x-injected", "location", "refresh"];

/** Content-Disposition parameters, as a message has them; each says something that the name must not hold. */
const NAMES: readonly string[] = [
  `filename="=?utf-8?q?a=0D=0AX-Injected:_1=0D=0A.pdf?="`,
  `filename*=utf-8''b%0D%0AX-Injected%3A%201%00.pdf`,
  `filename*0*=utf-8''c%0D; filename*1*=%0AX-Injected%3A%201.pdf`,
  `filename="..\\\\..\\\\..\\\\windows\\\\system32\\\\d.pdf"`,
  `filename="../../../../etc/passwd"`,
  `filename*=utf-8''%2Fetc%2Fe.pdf`,
  `filename*=utf-8''${encodeURIComponent("f\u2215g\uff0fh\uff3ci.pdf")}`,
  `filename*=utf-8''${encodeURIComponent("photo\u202efdp.exe")}`,
  `filename="a\\"; filename=\\"j.pdf"`,
  `filename*=utf-8''${encodeURIComponent(`k"; X-Injected=1; l='(*)'%0A.pdf`)}`,
  `filename="C:\\\\temp\\\\m.pdf"`,
  `filename="CON.pdf"`,
  `filename=".."`,
  `filename=".htaccess"`,
  `filename="${"n".repeat(400)}.pdf"`,
  `filename*=utf-8''%FF%FE%ED%A0%80o.pdf`,
  `filename*=utf-8''${encodeURIComponent("p\u{1f642}ü日本.pdf")}`,
];

/** As Content-IDs have them; the HTML shows the first ones. */
const SHOWN_IDS = [
  '"; X-Injected: 1; x="',
  "../../../etc/passwd",
  "a%0D%0AX-Injected:1",
  "bidi\u202e@x",
  "%00",
];

const hostileParts = (): Uint8Array<ArrayBuffer> =>
  octetsOf(
    multipart("mixed", { From: "pat@example.org", Subject: HIDDEN }, [
      multipart("related", {}, [
        part(
          "text/html",
          SHOWN_IDS.map((id) => `<img src="cid:${encodeURIComponent(id).replaceAll("'", "%27")}">`).join(""),
        ),
        ...SHOWN_IDS.map((id) => part("image/png", `shown ${id}`, [`Content-ID: <${id}>`])),
      ]),
      ...NAMES.map((name) => part("text/html", `file ${name}`, [`Content-Disposition: attachment; ${name}`])),
    ]),
  );

/** Every text the API shows of it, beside the message's own words, can be seen whole. */
function assertSeen(email: InboundDetail): void {
  const texts = [{ ...email, text: null }].flatMap(function textsIn(value: unknown): readonly string[] {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
  });
  for (const text of texts) assert.doesNotMatch(text, CONTROL, JSON.stringify(text));
}

/** A file is served as a download under its safe name, and the sender wrote nothing else into the answer. */
async function assertDownload(sender: MailSender, id: string, name: string, text: string): Promise<void> {
  const { headers, text: served } = await downloaded(sender, id, attachmentPath(name));
  assert.equal(served, text, name);
  assert.match(
    headers.get("content-disposition") ?? "",
    /^attachment; filename="[ !#-[\]-~]*"(?:; filename\*=UTF-8''[!#$&+.^_`|~\w%-]+)?$/,
  );
  assert.match(headers.get("content-type") ?? "", /^(?:application\/octet-stream|image\/png)$/);
  for (const header of NOT_IN_DOWNLOADS) assert.equal(headers.get(header), null, header);
}

/** Ids as they came, some of which no program should have written, and nothing between them. */
const IDS = /^<[!-;=?-~]+>(?: <[!-;=?-~]+>)*$/;
/** RFC 5322 sections 2.1.1 and 2.2. */
const LINE = /^(?=.{1,998}$)[ -~\t]*[!-~][ -~\t]*$/;

/** The names of the header fields of the reply to a mail. */
async function replyFields(sender: MailSender, answered: InboundDetail): Promise<readonly string[]> {
  const { sandbox } = sender.workspace.world;
  const to = sender.newRecipient();
  const subject = `Re: ${answered.subject}`.slice(0, 100);
  await sender.send({ to_address: to, subject, in_reply_to_id: answered.id });
  const message = await deliveredMessage(sandbox, (await sandbox.onlyMail(to)).id);
  for (const value of ["In-Reply-To", "References"].flatMap(message.values)) assert.match(value, IDS);
  for (const line of message.headerLines) assert.match(line, LINE);
  assert.doesNotMatch(message.headerLines.join("\n"), /^(?:Bcc|Cc|X-Injected)/im);
  return message.headerLines
    .flatMap((line) => /^[!-9;-~]+(?=:)/.exec(line)?.[0].toLowerCase() ?? [])
    .toSorted();
}

/** Header fields that stand as they are in a message, in the place of what people's programs write. */
const HEADERS: readonly (readonly [name: string, fields: Readonly<Record<string, string>>])[] = [
  [
    "a Message-ID among others",
    { "Message-ID": "<a@example.org> <b@example.org>\r\n Bcc: victim@example.org" },
  ],
  ["a Message-ID with blanks and a fold", { "Message-ID": "<a b\r\n c\t@example.org>" }],
  ["a Message-ID with NUL and bidi marks", { "Message-ID": "<a\0b\u202e@example.org>" }],
  ["an encoded Message-ID", { "Message-ID": "<=?utf-8?q?a=0D=0ABcc:_victim=40example.org?=@example.org>" }],
  ["a quoted Message-ID", { "Message-ID": '<"a b>\\r\\nBcc: victim@example.org"@example.org>' }],
  ["a Message-ID without a domain", { "Message-ID": "<victim>" }],
  ["a Message-ID in octets beyond ASCII", { "Message-ID": "<grüße@müller.example>" }],
  ["a Message-ID of two lines", { "Message-ID": `<${"a".repeat(1_200)}@example.org>` }],
  [
    "ids among phrases",
    {
      "Message-ID": "<c@example.org>",
      "In-Reply-To": 'Your message of "Mon\r\n Bcc: victim@example.org" <d@example.org> (<e@example.org>)',
      References:
        "<f@example.org>Bcc: victim@example.org<g@example.org\r\n\t<h@example.org>,\0<i\u202e@example.org>",
    },
  ],
  ["many ids", { References: Array.from({ length: 500 }, (_, n) => `<${n}@example.org>`).join("\r\n ") }],
  ["a From with a hidden line", { From: `${HIDDEN} <pat@example.org>` }],
  ["a From that is quoted", { From: '"Pat\\\r\n Bcc: victim@example.org\\"" <pat@example.org>' }],
  ["a From with an encoded address", { From: "=?utf-8?q?pat=0D=0ABcc:_victim?=@example.org" }],
  ["several From", { From: "pat@example.org\r\nFrom: victim@example.org" }],
  ["a lone CR and LF", { Subject: "a\rBcc: victim@example.org\nX-Injected: 1" }],
  ["a hidden Subject", { Subject: HIDDEN }],
];

export const journeys: readonly Journey[] = [
  {
    name: "names and Content-IDs of what arrived change nothing in answers and downloads",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const email = await receive(sender, hostileParts());
      assertSeen(email);
      assert.equal(email.attachments.length, NAMES.length);
      assert.deepEqual(
        email.inline_attachments.map(({ filename }) => filename),
        SHOWN_IDS,
      );
      const names = email.attachments.map(({ filename }) => filename);
      assert.equal(new Set(names.map((name) => name.normalize("NFC").toLowerCase())).size, names.length);
      for (const [place, name] of names.entries()) {
        assert.doesNotMatch(name, UNSAFE_NAME);
        assert.ok(new TextEncoder().encode(name).length <= 255);
        await assertDownload(sender, email.id, name, `file ${NAMES[place]}`);
      }
      for (const id of SHOWN_IDS) await assertDownload(sender, email.id, id, `shown ${id}`);
    },
  },
  {
    name: "header fields of what arrived change nothing in answers and in the reply",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const plain = { From: "pat@example.org", Subject: "Hello", References: "<z@example.org>" };
      const ordinary = await receive(sender, messageOf({ ...plain, "Message-ID": "<y@example.org>" }));
      const fields = await replyFields(sender, ordinary);
      const withoutId = fields.filter((name) => name !== "in-reply-to");
      for (const [name, hostile] of HEADERS) {
        const email = await receive(sender, messageOf({ ...plain, ...hostile }));
        assert.equal(email.parse_status, "parsed", name);
        assertSeen(email);
        assert.match(email.from_address ?? "", /^[!-~]+@example\.org$/, name);
        assert.notEqual(email.from_address, "victim@example.org", name);
        const found = await replyFields(sender, email);
        // A mail whose id is none is answered without it.
        assert.deepEqual(found, found.includes("in-reply-to") ? fields : withoutId, name);
        await threadOf(sender, email.id);
      }
      const { emails } = await inboundList(sender, { limit: 200 });
      assert.equal(emails.length, HEADERS.length + 1);
      assert.deepEqual(await world.sandbox.mailbox("victim@example.org"), []);
    },
  },
];
