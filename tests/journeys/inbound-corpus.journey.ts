// Every message of the corpus goes in as from a stranger's mail server and comes out through the API: its files, its
// bodies, and itself octet for octet. All arrive at once, as mail does.
import assert from "node:assert/strict";
import type { InboundAttachment, InboundDetail } from "../support/api-shapes.ts";
import { CORPUS, type CorpusMessage, sha256Hex, type TrueFile, trueFiles } from "../support/corpus.ts";
import {
  arrive,
  askInbound,
  attachmentPath,
  downloaded,
  inboundDetail,
  receive,
  received,
} from "../support/inbound-mail.ts";
import type { MailSender } from "../support/mail-sender.ts";
import { multipart, octetsOf, part } from "../support/mime-message.ts";
import type { Journey } from "../support/world.ts";

/** By its recipient each is known again: some have no id, some have the same. */
const recipientOf = ({ setup }: MailSender, index: number): string =>
  `message-${index}@${setup.domain_identity}`;

async function compareFiles(
  sender: MailSender,
  { id }: InboundDetail,
  stored: readonly InboundAttachment[],
  truths: readonly TrueFile[],
): Promise<void> {
  assert.equal(stored.length, truths.length);
  for (const [place, truth] of truths.entries()) {
    const file = stored[place];
    assert.ok(file);
    // A Content-ID names the first file that has it.
    const named = truth.isInline ? truth.contentId : file.filename;
    const { octets } = await downloaded(sender, id, attachmentPath(named ?? ""));
    assert.equal(octets.length, file.size);
    assert.equal(sha256Hex(octets), file.sha256);
    if (!truth.isCertain) continue;
    assert.equal(file.content_type, truth.contentType);
    assert.equal(file.content_id, truth.contentId);
    assert.ok(truth.isContent(octets), `the octets of ${file.filename}`);
    if (truth.filename !== null) assert.equal(file.filename, truth.filename);
  }
}

/** As an HTML body has it: in an attribute, with or without quotes, or in a style. */
const CID = /cid:([^"'\s<>)]+)/gi;

/** Whatever the body shows is found where a page that shows it looks. */
async function followReferences(
  sender: MailSender,
  { id, inline_attachments: inline }: InboundDetail,
  html: string,
): Promise<number> {
  const asked = new Set(Array.from(html.matchAll(CID), ([, written = ""]) => decodeURIComponent(written)));
  const shown = new Map(inline.map((file) => [file.content_id, file]));
  for (const contentId of asked) {
    const file = shown.get(contentId);
    if (file === undefined) continue;
    const { octets } = await downloaded(sender, id, attachmentPath(contentId));
    assert.equal(sha256Hex(octets), file.sha256, `cid:${contentId}`);
  }
  for (const contentId of shown.keys()) assert.ok(asked.has(contentId ?? ""), `${contentId} is not shown`);
  return shown.size;
}

async function compare(sender: MailSender, email: InboundDetail, message: CorpusMessage): Promise<number> {
  const { raw, truth } = message;
  assert.equal(email.parse_status, "parsed");
  assert.equal(sha256Hex((await downloaded(sender, email.id, "/raw")).octets), sha256Hex(raw), "raw");

  const files = trueFiles(truth);
  const ordinary = files.filter(({ isInline }) => !isInline);
  await compareFiles(sender, email, email.attachments, ordinary);
  const inline = files.filter(({ isInline }) => isInline);
  await compareFiles(sender, email, email.inline_attachments, inline);
  assert.equal(email.has_attachment, ordinary.length > 0);

  // A multipart without a part of its own is none.
  const bodies = truth.bodies
    .map(({ content_type: type }) => type)
    .filter((type) => type.startsWith("text/"));
  const isHtml = bodies.includes("text/html");
  const body = await askInbound(sender, email.id, "/body");
  assert.equal(body.status, bodies.length === 0 ? 404 : 200);
  if (body.status === 200) {
    const type = isHtml ? "text/html" : "text/plain";
    assert.equal(body.headers.get("content-type"), `${type}; charset=utf-8`);
    if (!isHtml) assert.equal(body.text, email.text);
  }
  return isHtml ? followReferences(sender, email, body.text) : 0;
}

export const journeys: readonly Journey[] = [
  {
    name: "every message of the corpus comes out as independent parsers see it, and octet for octet",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      await Promise.all(
        CORPUS.map(({ raw }, index) => arrive(sender, raw, { rcpt: recipientOf(sender, index) })),
      );
      const listed = await received(sender, CORPUS.length);
      assert.equal(listed.length, CORPUS.length);
      const byRecipient = new Map(listed.map(({ id, to_addresses: [to] }) => [to, id]));
      const faults: string[] = [];
      let shown = 0;
      for (const [index, message] of CORPUS.entries())
        try {
          const id = byRecipient.get(recipientOf(sender, index));
          assert.ok(id, "it was dropped");
          shown += await compare(sender, await inboundDetail(sender, id), message);
        } catch (fault) {
          faults.push(`${message.file}: ${fault instanceof Error ? fault.message : String(fault)}`);
        }
      assert.deepEqual(faults, []);
      assert.ok(shown > 0, "no message shows a file");
    },
  },
  {
    name: "a forwarded message is one file, and nothing of its inside appears",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const eml = part("image/png", "inside", ["Content-ID: <logo>", "Content-Disposition: inline"]);
      const inner = multipart("related", { Subject: "Überweisung / März", From: "ann@example.org" }, [
        part("text/html", "<p>inside <img src='cid:logo'></p>"),
        eml,
        part("application/pdf", "inside", ["Content-Disposition: attachment; filename=inside.pdf"]),
        part("message/rfc822", "Subject: innermost\r\n\r\ninside"),
      ]);
      const digest = multipart("digest", {}, [
        "\r\nSubject: first\r\n\r\ninside",
        "\r\nSubject: second\r\n\r\ninside",
      ]);
      const email = await receive(
        sender,
        octetsOf(
          multipart("mixed", { From: "bob@example.org", Subject: "Fwd: all of it" }, [
            part("text/html", '<p>Look: <img src="cid:logo"></p>'),
            part("message/rfc822", inner),
            part("message/rfc822", inner, ["Content-Disposition: inline"]),
            part("message/rfc822", inner, ["Content-Disposition: attachment; filename*=utf-8''a%2Fb.eml"]),
            digest,
          ]),
        ),
      );
      assert.deepEqual(
        email.attachments.map(({ filename, content_type: type }) => [filename, type]),
        ["Überweisung _ März.eml", "Überweisung _ März (2).eml", "b.eml", "first.eml", "second.eml"].map(
          (name) => [name, "message/rfc822"],
        ),
      );
      assert.deepEqual(email.inline_attachments, []);
      assert.equal(email.subject, "Fwd: all of it");
      assert.equal(email.text, null);
      const body = await askInbound(sender, email.id, "/body");
      assert.doesNotMatch(body.text, /inside|innermost/);
      for (const name of ["logo", "inside.pdf", "innermost.eml"])
        assert.equal((await askInbound(sender, email.id, attachmentPath(name))).status, 404, name);
      const [forwarded] = email.attachments;
      const file = await downloaded(sender, email.id, attachmentPath(forwarded?.filename ?? ""));
      assert.equal(sha256Hex(file.octets), sha256Hex(inner));
    },
  },
  {
    name: "the trees of Apple Mail and iOS lose nothing, and every cid: finds its picture",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const picture = (id: string): string =>
        part("image/png", `picture ${id}`, [
          `Content-ID: <${id}>`,
          `Content-Disposition: inline; filename="image001.png"`,
        ]);
      const file = (name: string, disposition: string): string =>
        part("application/pdf", `file ${name}`, [`Content-Disposition: ${disposition}; filename=${name}`]);
      const html = (text: string): string => part("text/html", `<p>${text}</p>`);
      const shown = "50%25 off+1@2x";
      const apple = multipart("alternative", { From: "ann@example.org", Subject: "from a Mac" }, [
        part("text/plain", "one two three"),
        multipart("mixed", {}, [
          multipart("related", {}, [
            html(`one <img src="cid:${encodeURIComponent(shown)}"> <img src='CID:sig@mac'>`),
            picture(shown),
            picture("sig@mac"),
            picture("sig@mac"),
            picture("unseen@mac"),
          ]),
          file("a.pdf", "inline"),
          html("two"),
          file("b.pdf", "inline"),
          html("three"),
          file("a.pdf", "attachment"),
        ]),
      ]);
      const mac = await receive(sender, octetsOf(apple));
      assert.equal(mac.text, "one two three");
      assert.deepEqual(
        mac.inline_attachments.map(({ filename, content_id: id }) => [filename, id]),
        [shown, "sig@mac"].map((id) => [id, id]),
      );
      assert.deepEqual(
        mac.attachments.map(({ filename }) => filename),
        ["image001.png", "image001 (2).png", "a.pdf", "b.pdf", "a (2).pdf"],
      );
      const body = (await askInbound(sender, mac.id, "/body")).text;
      for (const word of ["one", "two", "three"]) assert.ok(body.includes(word), word);
      assert.equal(await followReferences(sender, mac, body), 2);
      for (const id of [shown, "sig@mac", "unseen@mac"])
        assert.equal((await downloaded(sender, mac.id, attachmentPath(id))).text, `picture ${id}`);
      for (const [name, text] of [
        ["a.pdf", "file a.pdf"],
        ["a (2).pdf", "file a.pdf"],
        ["b.pdf", "file b.pdf"],
      ] as const)
        assert.equal((await downloaded(sender, mac.id, attachmentPath(name))).text, text);

      const iOS = await receive(
        sender,
        octetsOf(
          multipart("mixed", { From: "ann@example.org", Subject: "from a phone" }, [
            part("text/plain", "before"),
            part("image/jpeg", "photo", ["Content-Disposition: inline; filename=IMG_0001.jpeg"]),
            part("text/plain", "between"),
            part("text/plain", "a note", ["Content-Disposition: inline; filename=note.txt"]),
            part("text/plain", "Sent from my iPhone"),
          ]),
        ),
      );
      assert.deepEqual(
        iOS.attachments.map(({ filename }) => filename),
        ["IMG_0001.jpeg", "note.txt"],
      );
      assert.equal(iOS.has_attachment, true);
      assert.match(iOS.text ?? "", /^before\s+between\s+Sent from my iPhone\s*$/);
      assert.equal((await askInbound(sender, iOS.id, "/body")).text, iOS.text);
    },
  },
];
