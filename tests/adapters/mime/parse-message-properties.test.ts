// What holds for any octets, and for any message that is built of parts.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { messageParser } from "../../../adapters/mime/parse-message.ts";
import { readPartTree } from "../../../adapters/mime/part-tree.ts";
import { divideLeaves, leavesOf } from "../../../core/inbound/leaves.ts";
import type { ParsedMessage } from "../../../core/inbound/parsed-message.ts";
import { foldName } from "../../../core/use-case/use-case-name.ts";
import { CORPUS } from "../../support/corpus.ts";

const octetsOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

/** Octets as strangers send them: pieces of mail in any order, real messages cut and spliced, and noise. */
const pieces = fc.constantFrom(
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  "--b\r\n",
  "--b--\r\n",
  "--c\r\n",
  "--c--",
  "-- \r\n",
  "\0",
  "\xff\xfe",
  "\x1b$B",
  "Content-Type: multipart/mixed; boundary=b\r\n",
  'Content-Type: multipart/alternative; boundary="c"\r\n',
  "Content-Type: multipart/digest; boundary=b\r\n",
  "Content-Type: text/html; charset=iso-2022-jp\r\n",
  "Content-Type: message/rfc822\r\n",
  "Content-Type: text/plain; format=flowed; name*0*=utf-8''%e2; name*1=x\r\n",
  "Content-Transfer-Encoding: base64\r\n",
  "Content-Transfer-Encoding: quoted-printable\r\n",
  "Content-Transfer-Encoding: x-uuencode\r\nbegin 644 x\r\n",
  "Content-ID: <a@x>\r\n",
  'Content-Disposition: attachment; filename="..\\\\../=?utf-8?Q?=0D=0A?="\r\n',
  "From: =?utf-8?Q?=0D=0Aa?= <a@b>, (((\r\n",
  "Subject: =?utf-8?B?DQpCY2M6?= \x80\r\n",
  "Message-ID: <a\r\n b@x>\r\n",
  'References: <<a>\x00<b@x> "<c>\r\n',
  '<img src="cid:a%40x">',
  "=?=",
  "=C3=A4=\r\n",
  "YQ==",
  ">> a \r\n",
  ": x\r\n",
  "x:\r\n",
);
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.array(pieces, { maxLength: 40 }).map((texts) => octetsOf(texts.join(""))),
  fc
    .tuple(
      fc.constantFrom(...CORPUS.filter(({ raw }) => raw.length < 20_000)),
      fc.nat(),
      fc.nat(),
      fc.array(pieces, { maxLength: 3 }),
    )
    .map(([{ raw }, from, length, inserted]) => {
      const at = from % raw.length;
      return Uint8Array.from(
        Buffer.concat([raw.subarray(0, at), octetsOf(inserted.join("")), raw.subarray(at + (length % 200))]),
      );
    }),
);

/** Nothing in it can end a line, leave a folder or hide. */
function expectHarmless({ fields, files }: ParsedMessage): void {
  for (const text of [
    fields.fromAddress,
    fields.fromName,
    fields.subject,
    ...files.flatMap(({ filename, contentId, contentType }) => [filename, contentId, contentType]),
  ])
    expect(text ?? "").not.toMatch(/\p{Cc}/u);
  expect(Array.from(fields.subject).length).toBeLessThanOrEqual(998);
  for (const id of [fields.messageId, ...fields.inReplyTo, ...fields.references])
    expect(id ?? "").not.toMatch(/[\r\n\0<>]/);
  for (const { filename, contentType, isInline, contentId } of files) {
    expect(contentType).toMatch(/^[!#$%&'*+.^_`{|}~0-9a-z-]+\/[!#$%&'*+.^_`{|}~0-9a-z-]+$/);
    if (isInline) expect(filename).toBe(contentId ?? "");
    else expect(filename).not.toMatch(/[/\\<>:"|?*]|^\.|[.\s]$/);
  }
}

test("any octets are read, twice the same, and nothing harmful comes out", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (raw) => {
      const copy = raw.slice();
      const read = await messageParser.parse(raw);
      expect(await messageParser.parse(copy)).toEqual(read);
      expect(raw).toEqual(copy);
      if (!read.ok) {
        expect(raw.length).toBe(0);
        return;
      }
      expectHarmless(read.value);
      const names = read.value.files.map(({ filename }) => foldName(filename));
      expect(new Set(names).size).toBe(names.length);
      const tree = readPartTree(raw);
      if (!tree.ok) throw new Error(tree.error.status);
      const leaves = leavesOf(tree.value.root);
      const { bodies, files } = divideLeaves(leaves);
      expect([bodies.size + files.length, leaves.length]).toEqual([
        tree.value.leafCount,
        tree.value.leafCount,
      ]);
      expect(read.value.files.length).toBe(files.length);
    }),
    { numRuns: 1500 },
  );
});
