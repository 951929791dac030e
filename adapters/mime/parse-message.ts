// A message that arrived, read (RFC 5322, 2045, 2046): its fields, its bodies as text, its files to the octet. What is a
// body, what a name may be and what kind of mail it is are core's rules; here octets become what those rules speak of.
// postal-mime reads addresses and encoded-words. DEPARTS from using its parser for the rest: that turns named text into
// body text, rewrites calendars and the line ends of files, and takes several times as long.
import { assert } from "../../core/assert.ts";
import { readContentId, referencedParts } from "../../core/inbound/content-id.ts";
import { fallbackName, messageFileName, safeFileName, uniqueNames } from "../../core/inbound/file-name.ts";
import { unflow } from "../../core/inbound/flowed-text.ts";
import { divideLeaves, leavesOf, viewsOf } from "../../core/inbound/leaves.ts";
import { classOf } from "../../core/inbound/mail-class.ts";
import {
  INBOUND_HEADER_BYTES_MAX,
  type InboundFile,
  type ParsedMessage,
  STORED_BYTES_MAX,
  type Unparsed,
} from "../../core/inbound/parsed-message.ts";
import type { MessageParser } from "../../core/ports/message-parser.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { charsetOfHtml, decodeText } from "./charset.ts";
import { cidReferences } from "./cid-references.ts";
import { classEvidence } from "./class-evidence.ts";
import { type HeaderFields, readHeader } from "./header-fields.ts";
import { joinHtml, joinTexts } from "./join-bodies.ts";
import { Lines } from "./lines.ts";
import { readMessageFields, readSubject } from "./message-fields.ts";
import { type MessageLeaf, type PartTree, readPartTree } from "./part-tree.ts";
import { readParameter } from "./structured-field.ts";
import { decodeTransfer } from "./transfer-encoding.ts";

/** The port's only implementation: a pure function of the octets. Files that were not encoded are views into them. */
export const messageParser: MessageParser = { parse: async (raw) => parseMessage(raw) };

function parseMessage(raw: Uint8Array): Result<ParsedMessage, Unparsed> {
  if (raw.length === 0) return err({ status: "unreadable", fields: null, mailClass: "human" });
  if (raw.length > STORED_BYTES_MAX) return err(unparsed("too_large", topHeader(raw)));
  const tree = readPartTree(raw);
  return tree.ok ? ok(parsed(tree.value)) : err(unparsed(tree.error.status, tree.error.fields));
}

function unparsed(status: Unparsed["status"], header: HeaderFields): Unparsed {
  const fields = readMessageFields(header);
  return { status, fields, mailClass: classOf(classEvidence(header, fields, null)) };
}

function parsed({ root, fields: header, leafCount }: PartTree): ParsedMessage {
  const fields = readMessageFields(header);
  const { bodies, files } = divideLeaves(leavesOf(root));
  assert(bodies.size + files.length === leafCount, "a leaf of a message is neither a body nor a file");
  const views = viewsOf(root, bodies);
  const texts = new Map(Array.from(bodies, (leaf) => [leaf, textOf(leaf)]));
  const pieces = (leaves: readonly MessageLeaf[]): { isHtml: boolean; text: string }[] =>
    leaves.map((leaf) => ({ isHtml: isHtml(leaf), text: texts.get(leaf) ?? "" }));
  return {
    fields,
    mailClass: classOf(classEvidence(header, fields, root)),
    html: views.html.some(isHtml) ? joinHtml(pieces(views.html)) : null,
    text: views.text.length > 0 ? joinTexts(pieces(views.text).map(({ text }) => text)) : null,
    files: readFiles(files, referencesOf(texts)),
  };
}

const isHtml = ({ mediaType }: MessageLeaf): boolean => mediaType === "text/html";

/** As text with LF line ends; paragraphs that were broken to be sent are whole again. */
function textOf(leaf: MessageLeaf): string {
  const octets = decodeTransfer(leaf.octets, leaf.encoding);
  const named = readParameter(leaf.type, "charset") ?? (isHtml(leaf) ? charsetOfHtml(octets) : null);
  const text = decodeText(octets, named).replaceAll(/\r\n?/g, "\n");
  const says = (name: string, value: string): boolean =>
    readParameter(leaf.type, name)?.toLowerCase() === value;
  return !isHtml(leaf) && says("format", "flowed") ? unflow(text, says("delsp", "yes")) : text;
}

/** Of every HTML body, those not shown among them: a file is inline if any of them shows it. */
function referencesOf(texts: ReadonlyMap<MessageLeaf, string>): ReadonlySet<string> {
  const references = new Set<string>();
  for (const [leaf, text] of texts)
    if (isHtml(leaf)) for (const reference of cidReferences(text)) references.add(reference);
  return references;
}

function readFiles(leaves: readonly MessageLeaf[], references: ReadonlySet<string>): readonly InboundFile[] {
  const contentIds = leaves.map(({ fields }) => readContentId(fields.get("content-id") ?? ""));
  const inline = referencedParts(contentIds, references);
  const files = leaves.map((leaf, place) => {
    const octets = decodeTransfer(leaf.octets, leaf.encoding);
    const contentId = contentIds[place] ?? null;
    const isInline = inline.has(place);
    const name = isInline ? contentId : safeFileName(leaf.name ?? "");
    return {
      filename: name ?? messageName(leaf, octets) ?? fallbackName(place + 1, leaf.mediaType),
      contentType: leaf.mediaType,
      octets,
      contentId,
      isInline,
    };
  });
  // A name is looked for among the ids first: files make way for what is called by its own, inline ones among them.
  const isCalledById = ({ filename, contentId }: InboundFile, place: number): boolean =>
    filename === contentId && contentIds.indexOf(contentId) === place;
  const nameOf = ({ filename }: InboundFile): string => filename;
  const others = files.filter((file, place) => !isCalledById(file, place)).map(nameOf);
  const taken = files.filter(isCalledById).map(nameOf);
  const unique = uniqueNames(others, taken, new Set(contentIds)).values();
  return files.map((file, place) =>
    isCalledById(file, place) ? file : { ...file, filename: unique.next().value ?? file.filename },
  );
}

/** Of a message within the message: its own subject. Nothing else of it is ever looked at. */
const messageName = ({ mediaType }: MessageLeaf, octets: Uint8Array): string | null =>
  mediaType === "message/rfc822" || mediaType === "message/global"
    ? messageFileName(readSubject(topHeader(octets)))
    : null;

const topHeader = (octets: Uint8Array): HeaderFields =>
  readHeader(new Lines(octets), 0, INBOUND_HEADER_BYTES_MAX, () => false).fields;
