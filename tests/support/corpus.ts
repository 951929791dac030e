// The messages of tests/fixtures/corpus with what is known of each. The truth is by an independent parser, Python's own;
// the expectations are by another (stalwart's mail-parser) or by construction. README.md there tells the rules.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { safeFileName } from "../../core/inbound/file-name.ts";

const FOLDER = join(import.meta.dir, "../fixtures/corpus");

type TrueAttachment = {
  readonly content_type: string;
  readonly filename: string | null;
  readonly content_id: string | null;
  readonly cid_referenced: boolean;
  readonly certain: boolean;
  readonly sha256: string;
  readonly sha256_lf?: string;
  readonly sha256_trim?: string;
};
type Truth = {
  readonly attachments: readonly TrueAttachment[];
  readonly bodies: readonly { readonly content_type: string }[];
  readonly structure_certain: boolean;
};

export type CorpusMessage = {
  readonly file: string;
  readonly raw: Uint8Array<ArrayBuffer>;
  readonly truth: Truth;
};

/** What has to be stored of an attachment. */
export type TrueFile = {
  readonly contentType: string;
  readonly contentId: string | null;
  /** The HTML shows it, and it is the first with its Content-ID. */
  readonly isInline: boolean;
  /** Null: none is given. */
  readonly filename: string | null;
  /** Correct parsers agree about it. */
  readonly isCertain: boolean;
  /** Exactly, with LF for CRLF, or without the line ends at the end: parsers differ in that. */
  isContent(octets: Uint8Array): boolean;
};

/** Every file of a message, in document order. */
export function trueFiles({ attachments }: Truth): readonly TrueFile[] {
  const seen = new Set<string>();
  return attachments.map((attachment) => {
    const { content_id: contentId, filename } = attachment;
    const isInline = attachment.cid_referenced && contentId !== null && !seen.has(contentId);
    if (contentId !== null) seen.add(contentId);
    const safeName = filename === null ? null : safeFileName(filename);
    return {
      contentType: attachment.content_type,
      contentId,
      isInline,
      filename: isInline ? contentId : safeName,
      isCertain: attachment.certain,
      isContent: (octets) => isContentOf(attachment, octets),
    };
  });
}

function isContentOf(truth: TrueAttachment, octets: Uint8Array): boolean {
  const withLf = Buffer.from(octets).toString("latin1").replaceAll("\r\n", "\n");
  return (
    sha256Hex(octets) === truth.sha256 ||
    sha256Hex(Buffer.from(withLf, "latin1")) === truth.sha256_lf ||
    sha256Hex(Buffer.from(withLf.replace(/[\r\n]+$/, ""), "latin1")) === truth.sha256_trim
  );
}

export const sha256Hex = (octets: Uint8Array | string): string =>
  createHash("sha256").update(octets).digest("hex");

const readJson = (name: string): unknown => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));

export const readCorpusFile = (file: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(FOLDER, file)));

const truths = readJson("truth.json") as Readonly<Record<string, Truth>>;

export const CORPUS: readonly CorpusMessage[] = Object.entries(truths).map(([file, truth]) => ({
  file,
  raw: readCorpusFile(file),
  truth,
}));

/** A part as stalwart's parser tells it, by the one member that says what it is. */
export type StalwartPart = {
  readonly is_encoding_problem: boolean;
  readonly body: {
    readonly Text?: string;
    readonly Html?: string;
    readonly Binary?: readonly number[];
    readonly InlineBinary?: readonly number[];
    readonly Message?: unknown;
  };
};
export type StalwartMessage = {
  readonly html_body: readonly number[];
  readonly text_body: readonly number[];
  readonly attachments: readonly number[];
  readonly parts: readonly StalwartPart[];
};

/** What an expectation written by hand may hold; each has some of it. */
export type Expectation = {
  readonly stalwart?: StalwartMessage;
  readonly attachments?: readonly {
    readonly filename: string;
    readonly content_id: string | null;
    readonly content_type: string;
    readonly sha256: string;
    readonly size: number;
  }[];
  readonly subject?: string;
  readonly text?: string;
  readonly automatic?: string;
  readonly threading?: { readonly in_reply_to: readonly string[]; readonly references: readonly string[] };
};

export const EXPECTATIONS: ReadonlyMap<string, Expectation> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".expected.json"))
    .toSorted()
    .map((name) => [name.replace(".expected.json", ".eml"), readJson(name) as Expectation]),
);
