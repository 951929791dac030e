// The tree of a message's parts (RFC 2046 section 5.1), found in one pass over its lines, without recursion. The octets
// stay where they are: a leaf is a place in the message. What stands before the first boundary and after the last
// (preamble and epilogue) is for no one. Nothing is refused but what is over a limit.
import type { Leaf, Part } from "../../core/inbound/leaves.ts";
import {
  INBOUND_DEPTH_MAX,
  INBOUND_HEADER_BYTES_MAX,
  INBOUND_PARTS_MAX,
  type Unparsed,
} from "../../core/inbound/parsed-message.ts";
import { assert } from "../../core/assert.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { decodeUnlabelled } from "./charset.ts";
import { type Header, type HeaderFields, readHeader } from "./header-fields.ts";
import { Lines } from "./lines.ts";
import {
  readNameParameter,
  readParameter,
  readStructuredField,
  type StructuredField,
} from "./structured-field.ts";

/** RFC 2046 section 5.1.1 allows 70; longer ones are written. */
const BOUNDARY_LENGTH_MAX = 1000;
/** Of UTF-8 for a unit of a string. */
const UNIT_OCTETS_MAX = 3;
/** RFC 6838 section 4.2: 127 characters each side. */
const MEDIA_TYPE_LENGTH_MAX = 255;
const HYPHEN = 0x2d;
const SPACE = 0x20;
const TAB = 0x09;

export type MessageLeaf = Leaf & {
  readonly fields: HeaderFields;
  readonly type: StructuredField;
  /** Of Content-Transfer-Encoding, in lower case. */
  readonly encoding: string;
  /** As it travels: a view into the message. */
  readonly octets: Uint8Array;
};

export type PartTree = {
  readonly root: Part<MessageLeaf>;
  /** The top header. */
  readonly fields: HeaderFields;
  readonly leafCount: number;
};

/** What is over a limit, with the top header as far as it was read. */
export type TreeRefused = { readonly status: Unparsed["status"]; readonly fields: HeaderFields };

/** The whole tree of a message, or which limit it is over. */
export const readPartTree = (octets: Uint8Array): Result<PartTree, TreeRefused> => new Walk(octets).run();

/** A part whose end was not seen yet. */
type OpenPart = {
  readonly fields: HeaderFields;
  readonly type: StructuredField;
  readonly mediaType: string;
  /** Of its header. */
  readonly start: number;
  /** Of its body. */
  readonly begin: number;
};

type OpenMultipart = OpenPart & {
  readonly boundary: string;
  readonly parts: Part<MessageLeaf>[];
  /** The place of one around it that has the same boundary, which waits until this one is over. */
  readonly hidden: number | undefined;
};

/** Where the next line is to be read, or which limit was passed. */
type Next = number | Unparsed["status"];

class Walk {
  readonly #octets: Uint8Array;
  readonly #lines: Lines;
  /** From the outermost to the innermost. */
  readonly #open: OpenMultipart[] = [];
  /** The place in `#open` of each boundary that may come. */
  readonly #boundaries = new Map<string, number>();
  /** In octets, at most. */
  #longestBoundary = 0;
  #leaf: OpenPart | null = null;
  #leafCount = 0;
  #root: Part<MessageLeaf> | null = null;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#lines = new Lines(octets);
  }

  run(): Result<PartTree, TreeRefused> {
    const top = this.#readHeader(0);
    let next = this.#begin(0, top);
    while (typeof next === "number" && next < this.#octets.length) next = this.#readLine(next);
    if (typeof next !== "number") return err({ status: next, fields: top.fields });
    this.#end(0, this.#octets.length);
    if (this.#leafCount > INBOUND_PARTS_MAX) return err({ status: "too_many_parts", fields: top.fields });
    assert(this.#root !== null, "a message without a part");
    return ok({ root: this.#root, fields: top.fields, leafCount: this.#leafCount });
  }

  #readLine(at: number): Next {
    const next = this.#lines.after(at);
    const delimiter = this.#delimiterAt(at);
    if (delimiter === null) return next;
    const { place, isClosing } = delimiter;
    // A boundary written twice has no part between.
    if (this.#leaf?.start === at && !isClosing) this.#leaf = null;
    // Section 5.1.1: the line end before a boundary belongs to the boundary.
    this.#end(isClosing ? place : place + 1, this.#lines.before(at));
    if (this.#leafCount > INBOUND_PARTS_MAX) return "too_many_parts";
    return isClosing ? next : this.#begin(next, this.#readHeader(next));
  }

  #readHeader(begin: number): Header {
    // Section 5.1: a part may have no body, so a boundary ends its header too.
    return readHeader(this.#lines, begin, INBOUND_HEADER_BYTES_MAX, (at) => this.#delimiterAt(at) !== null);
  }

  /** A part begins behind its header. */
  #begin(start: number, { fields, end: begin }: Header): Next {
    if (begin === null) return "headers_too_large";
    const written = fields.get("content-type");
    const type = readStructuredField(written ?? "");
    // Section 5.1.5: the parts of a digest are messages where they do not say what they are.
    const isDigest = this.#open.at(-1)?.mediaType === "multipart/digest";
    const mediaType = written === null && isDigest ? "message/rfc822" : mediaTypeOf(type);
    const boundary = mediaType.startsWith("multipart/") ? boundaryOf(type) : null;
    const part = { fields, type, mediaType, start, begin };
    if (boundary === null) {
      this.#leaf = part;
      return begin;
    }
    const place = this.#open.length;
    if (place === INBOUND_DEPTH_MAX) return "too_deep";
    this.#open.push({ ...part, boundary, parts: [], hidden: this.#boundaries.get(boundary) });
    this.#boundaries.set(boundary, place);
    this.#longestBoundary = Math.max(this.#longestBoundary, boundary.length * UNIT_OCTETS_MAX);
    return begin;
  }

  /** Everything ends here that is open at this place and within it. */
  #end(place: number, end: number): void {
    if (this.#leaf !== null) this.#put({ kind: "leaf", leaf: this.#leafOf(this.#leaf, end) });
    this.#leaf = null;
    while (this.#open.length > place) {
      const part = this.#open.pop();
      if (part === undefined) return;
      if (part.hidden === undefined) this.#boundaries.delete(part.boundary);
      else this.#boundaries.set(part.boundary, part.hidden);
      const { mediaType, parts } = part;
      // A multipart in which no boundary was found holds something all the same: it is shown as it is.
      if (parts.length === 0) this.#put({ kind: "leaf", leaf: this.#leafOf(part, end) });
      else this.#put({ kind: "multipart", mediaType, parts });
    }
  }

  #put(part: Part<MessageLeaf>): void {
    if (part.kind === "leaf") this.#leafCount++;
    const around = this.#open.at(-1);
    if (around === undefined) this.#root = part;
    else around.parts.push(part);
  }

  #leafOf({ fields, type, mediaType, begin }: OpenPart, end: number): MessageLeaf {
    const isMultipart = mediaType.startsWith("multipart/");
    const disposition = readStructuredField(fields.get("content-disposition") ?? "");
    const octets = this.#octets.subarray(begin, Math.max(begin, end));
    return {
      fields,
      type,
      mediaType: isMultipart ? "text/plain" : mediaType,
      disposition: disposition.value,
      name: readNameParameter(disposition, "filename") ?? readNameParameter(type, "name"),
      encoding: isMultipart ? "" : encodingOf(fields),
      octets,
      encodedLength: octets.length,
      isBlank: isBlank(octets),
      isUnopened: isMultipart,
    };
  }

  /** Whether the line is a boundary of a multipart that is open, and of which (section 5.1.1). */
  #delimiterAt(begin: number): { readonly place: number; readonly isClosing: boolean } | null {
    const octets = this.#octets;
    if (octets[begin] !== HYPHEN || octets[begin + 1] !== HYPHEN) return null;
    let end = this.#lines.endOf(begin);
    while (end > begin && (octets[end - 1] === SPACE || octets[end - 1] === TAB)) end--;
    if (end - begin > this.#longestBoundary + 4) return null;
    // As the field that names the boundary was: not only ASCII is written.
    const text = decodeUnlabelled(octets.subarray(begin + 2, end));
    const place = this.#boundaries.get(text);
    if (place !== undefined) return { place, isClosing: false };
    const closed = text.endsWith("--") ? this.#boundaries.get(text.slice(0, -2)) : undefined;
    return closed === undefined ? null : { place: closed, isClosing: true };
  }
}

/** RFC 2045 section 5.2: what names no type is plain text. */
export function mediaTypeOf({ value }: StructuredField): string {
  const [type = "text/plain"] = /^[!#$%&'*+.^_`{|}~0-9a-z-]+\/[!#$%&'*+.^_`{|}~0-9a-z-]+/.exec(value) ?? [];
  return type.length > MEDIA_TYPE_LENGTH_MAX ? "application/octet-stream" : type;
}

/** Null when there is none that could be found. */
function boundaryOf(type: StructuredField): string | null {
  const boundary = (readParameter(type, "boundary") ?? "").trimEnd();
  return boundary === "" || boundary.length > BOUNDARY_LENGTH_MAX ? null : boundary;
}

function isBlank(octets: Uint8Array): boolean {
  let at = 0;
  while (at < octets.length && (octets[at] ?? 0) <= SPACE) at++;
  return at === octets.length;
}

const encodingOf = (fields: HeaderFields): string =>
  /^[\w-]+/.exec(readStructuredField(fields.get("content-transfer-encoding") ?? "").value)?.[0] ?? "";
