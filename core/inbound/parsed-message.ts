// What is read out of a message that arrived: its fields, its bodies and its files. Everything in it is what a stranger
// wrote; names are already safe to show and to save under (file-name.ts), nothing else is.
import type { MailClass } from "./mail-class.ts";

/**
 * How far a message could be read. `parsed`: whole. Any other word says why it is kept as raw octets only, with what its
 * top header told.
 */
export const PARSE_STATUSES = [
  "parsed",
  "too_large",
  "headers_too_large",
  "too_deep",
  "too_many_parts",
  "unreadable",
  /** The provider's bucket no longer has it; what the notification told is all there is. */
  "raw_missing",
] as const;
export type ParseStatus = (typeof PARSE_STATUSES)[number];

/** MB of 1,048,576 octets, limits inclusive. SES delivers at most 40 MB to a bucket. */
export const INBOUND_BYTES_MAX = 40 * 1024 * 1024;
/** What the provider writes on top of a message that it stores: some 2 KB in fact. */
export const PROVIDER_HEADER_BYTES_MAX = 64 * 1024;
/** As it is fetched and read. */
export const STORED_BYTES_MAX = INBOUND_BYTES_MAX + PROVIDER_HEADER_BYTES_MAX;
/** Of one header block; of the top one with what the provider wrote. */
export const INBOUND_HEADER_BYTES_MAX = 2 * 1024 * 1024;
/** Multiparts within multiparts. Mail programs stay below ten. */
export const INBOUND_DEPTH_MAX = 100;
/** Parts that are no multipart. SES itself sends at most 500. */
export const INBOUND_PARTS_MAX = 1000;

/** The fields that are stored and searched; ids are bare (without angle brackets), as written, at most 200. */
export type MessageFields = {
  /** The first address of From, its domain in A-labels; null when there is none that could be read. At most 254 characters. */
  readonly fromAddress: string | null;
  readonly fromName: string | null;
  /** Decoded, without control characters, at most 998 characters; empty when there is none. */
  readonly subject: string;
  readonly messageId: string | null;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
};

export type InboundFile = {
  /** Safe and unique in its message; of an inline file its Content-ID as written. */
  readonly filename: string;
  /** The media type it claims, in lower case, without parameters. */
  readonly contentType: string;
  /** The transfer encoding undone, the charset left as it was. */
  readonly octets: Uint8Array;
  /** Without angle brackets, case kept; null when it has none. */
  readonly contentId: string | null;
  /** The HTML refers to it by `cid:`, and it is the first with that Content-ID. */
  readonly isInline: boolean;
};

export type ParsedMessage = {
  readonly fields: MessageFields;
  readonly mailClass: MailClass;
  /**
   * Bodies as text (charset undone, LF line ends); several are joined in their order, and plain text that stands beside
   * HTML, not instead of it, is in both. Null when there is none.
   */
  readonly html: string | null;
  readonly text: string | null;
  /** Every leaf that is no body, in document order. */
  readonly files: readonly InboundFile[];
};

/** `fields`: of the top header, null when not even that could be read. */
export type Unparsed = {
  readonly status: Exclude<ParseStatus, "parsed" | "raw_missing">;
  readonly fields: MessageFields | null;
  readonly mailClass: MailClass;
};
