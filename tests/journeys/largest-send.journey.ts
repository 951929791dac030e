// The largest send there is: five files of exactly 5 MB under names in any script, and 1 MB of HTML. Every octet arrives.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import PostalMime from "postal-mime";
import { randomFile } from "../support/mail-sender.ts";
import type { Journey } from "../support/world.ts";

const MB = 1_048_576;
const NAMES = ["Überweisung №1.pdf", "日本語.pdf", "quittung.pdf", "фото (1).jpg", "مستند.pdf"];

const digest = (octets: Uint8Array): string => createHash("sha256").update(octets).digest("hex");

/** Whether line ends are CRLF or LF is a matter of the encoding a reader undid. */
const textDigest = (text: string): string => digest(new TextEncoder().encode(text.replaceAll("\r\n", "\n")));

/** 1 MB of what encodings have to take care of: multi-octet characters, lone dots, what looks encoded, one long line. */
function largestHtml(): string {
  const unit = "<p>Grüße — 日本語 👋 &amp; =?utf-8?q?x?= . </p>\r\n.\r\n";
  const length = new TextEncoder().encode(unit).length;
  const html = unit.repeat(Math.floor(MB / length));
  return html + "x".repeat(MB - new TextEncoder().encode(html).length);
}

export const journeys: readonly Journey[] = [
  {
    name: "the largest send arrives with every file's digest equal",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace } = sender;
      const to = sender.newRecipient();
      const files = NAMES.map((name) => randomFile(name, 5 * MB));
      const digests = files.map(({ octets }) => digest(octets));
      const html = largestHtml();
      const fields = { to_address: to, subject: "Everything", body_html: html, attachments: files };
      const sent = await sender.send(fields, "largest");
      assert.deepEqual(sent.attachment_filenames, NAMES);

      const mail = await world.sandbox.onlyMail(to);
      const raw = await world.sandbox.raw(mail.id);
      assert.ok(raw.length > 34 * MB && raw.length <= 39 * MB, `the message has ${raw.length} octets`);
      const parsed = await PostalMime.parse(raw, { forceRfc822Attachments: true });
      assert.deepEqual(
        parsed.attachments.map(({ filename }) => filename),
        NAMES,
      );
      assert.deepEqual(
        parsed.attachments.map(({ content }) => digest(new Uint8Array(content as ArrayBuffer))),
        digests,
      );
      // Digests: a difference in a megabyte of text is no help to look at.
      assert.equal(textDigest(parsed.html?.trimEnd() ?? ""), textDigest(html));

      await sender.emailIn(sent.id, "delivered");
      for (const [index, name] of NAMES.entries()) {
        const path = workspace.path(`/email/${sent.id}/attachment/${encodeURIComponent(name)}`);
        const redirect = await workspace.api.call("GET", path);
        const file = await world.anonymous.call("GET", redirect.headers.get("location") ?? "");
        assert.equal(digest(file.octets), digests[index], name);
      }
      const body = await workspace.api.call("GET", workspace.path(`/email/${sent.id}/body`));
      assert.equal(digest(body.octets), digest(new TextEncoder().encode(html)));

      const replay = await sender.post(fields, "largest");
      assert.equal(replay.headers.get("idempotency-replayed"), "true");
      await world.sandbox.onlyMail(to);
    },
  },
];
