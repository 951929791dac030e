// Every message of the corpus, against what independent parsers found in it.
import { describe, expect, test } from "bun:test";
import { messageParser } from "../../../adapters/mime/parse-message.ts";
import { readPartTree } from "../../../adapters/mime/part-tree.ts";
import { divideLeaves, leavesOf } from "../../../core/inbound/leaves.ts";
import type { ParsedMessage } from "../../../core/inbound/parsed-message.ts";
import {
  CORPUS,
  type Expectation,
  EXPECTATIONS,
  readCorpusFile,
  sha256Hex,
  type StalwartMessage,
  type StalwartPart,
  trueFiles,
} from "../../support/corpus.ts";

async function parse(raw: Uint8Array): Promise<ParsedMessage> {
  const read = await messageParser.parse(raw);
  if (!read.ok) throw new Error(`not parsed: ${read.error.status}`);
  return read.value;
}

test("the corpus is whole", () => {
  expect(CORPUS.length).toBe(60);
  expect(CORPUS.flatMap(({ truth }) => truth.attachments).filter(({ certain }) => certain).length).toBe(39);
  expect(EXPECTATIONS.size).toBe(13);
});

describe.each(CORPUS)("$file", ({ raw, truth }) => {
  test("bodies and files are all its leaves", () => {
    const tree = readPartTree(raw);
    if (!tree.ok) throw new Error(tree.error.status);
    const leaves = leavesOf(tree.value.root);
    const { bodies, files } = divideLeaves(leaves);
    expect(leaves.length).toBe(tree.value.leafCount);
    expect(bodies.size + files.length).toBe(leaves.length);
    expect(bodies.size).toBe(truth.bodies.length);
    expect(files.length).toBe(truth.attachments.length);
    if (truth.structure_certain)
      expect(Array.from(bodies, ({ mediaType }) => mediaType)).toEqual(
        truth.bodies.map(({ content_type }) => content_type),
      );
  });

  test("its files are the true ones", async () => {
    const { files } = await parse(raw);
    for (const [place, { isCertain, isContent, filename, ...told }] of trueFiles(truth).entries()) {
      const file = files[place];
      if (file === undefined) throw new Error(`no file ${place}`);
      if (!isCertain) continue;
      expect(file).toMatchObject(told);
      expect(isContent(file.octets)).toBe(true);
      if (filename !== null) expect(file.filename).toBe(filename);
    }
  });

  test("reads the same twice", async () => {
    expect(await messageParser.parse(raw)).toEqual(await messageParser.parse(raw));
  });
});

describe.each([...EXPECTATIONS])("%s as it is expected", (file, expected) => {
  test("files, bodies and fields", async () => {
    const message = await parse(readCorpusFile(file));
    if (expected.stalwart) expectStalwart(message, expected.stalwart);
    else expectConstructed(message, expected);
  });
});

function expectConstructed(message: ParsedMessage, expected: Expectation): void {
  for (const [place, { sha256: hash, size, ...attachment }] of (expected.attachments ?? []).entries()) {
    const file = message.files[place];
    expect(file).toMatchObject({
      contentType: attachment.content_type,
      contentId: attachment.content_id,
      filename: file?.isInline ? attachment.content_id : attachment.filename,
    });
    expect([file?.octets.length, sha256Hex(file?.octets ?? "")]).toEqual([size, hash]);
  }
  if (expected.subject !== undefined) expect(message.fields.subject).toBe(expected.subject);
  if (expected.text !== undefined) expect(message.text).toBe(expected.text);
  if (expected.automatic !== undefined) expect(message.mailClass).toBe("auto_reply");
  if (expected.threading !== undefined)
    expect(message.fields).toMatchObject({
      inReplyTo: expected.threading.in_reply_to,
      references: expected.threading.references,
    });
}

/** Where two parsers join texts in different ways, their words are compared. */
const words = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

function expectStalwart(message: ParsedMessage, expected: StalwartMessage): void {
  const partsAt = (places: readonly number[]): readonly StalwartPart[] =>
    places.flatMap((place) => expected.parts[place] ?? []);
  const textBodies = partsAt(expected.text_body).flatMap(({ body }) => body.Text ?? []);
  expect(words(message.text ?? "")).toBe(words(textBodies.join("\n")));
  const htmlBodies = partsAt(expected.html_body).map(({ body }) => body);
  const htmls = htmlBodies.flatMap(({ Html }) => Html ?? []);
  expect(message.html === null).toBe(htmls.length === 0);
  if (htmls.length === 1 && htmlBodies.every(({ Text }) => Text === undefined))
    expect(words(message.html ?? "")).toBe(words(htmls.join("")));

  const attachments = partsAt(expected.attachments);
  expect(message.files.length).toBe(attachments.length);
  for (const [place, { is_encoding_problem, body }] of attachments.entries()) {
    const file = message.files[place];
    const octets = body.Binary ?? body.InlineBinary;
    // It leaves uuencode as it is; truth.json has those files.
    const isUuencoded = octets !== undefined && Buffer.from(octets).toString("latin1").startsWith("begin ");
    if (is_encoding_problem || isUuencoded) continue;
    if (octets) expect(Array.from(file?.octets ?? [])).toEqual([...octets]);
    if (body.Message !== undefined) expect(file?.contentType).toBe("message/rfc822");
  }
}
