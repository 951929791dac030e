// What SES itself writes on top of each mail it lays into a bucket: the envelope, its own Received and its verdicts. The
// SES Developer Guide, "Email receiving concepts"; RFC 5321 section 4.4, RFC 8601. Everything below that block is the
// sender's, who may have written the same names there: it is read for nothing but whom the mail was addressed to, and only
// where SES names nobody. Used for mail that no notification told of; the notification says all of this better.
import type { ObjectPlace, ReceivedMail, VerdictWord } from "../../core/inbound/arrival.ts";
import { VERDICT_WORDS } from "../../core/inbound/arrival.ts";
import { INBOUND_HEADER_BYTES_MAX, PROVIDER_HEADER_BYTES_MAX } from "../../core/inbound/parsed-message.ts";
import type { ArrivalReader } from "../../core/ports/arrival-reader.ts";
import { readPath, readRecipients } from "./envelope.ts";

/** Each once, from the first octet. Those that are `false` are never folded: what follows them is the sender's. */
const OWN_FIELDS: Readonly<Record<string, boolean>> = {
  "return-path": true,
  received: true,
  "x-ses-spam-verdict": false,
  "x-ses-virus-verdict": false,
  "received-spf": true,
  "authentication-results": true,
  "x-ses-receipt": false,
  "x-ses-dkim-signature": false,
};
/** Of an Authentication-Results. A sender's name in it has 255 octets at most, and it names few. */
const RESULTS_CHARACTERS_MAX = 8 * 1024;

/** At the field's end, after whatever the sender's host called itself. Without `for`, it was for several. */
const RECEIVED =
  / by inbound-smtp\.[a-z0-9-]+\.amazonaws\.com with [A-Z]+ id (\S+)(?: for ([^\s;]+))?;[^;]*$/;

/** RFC 7208 section 2.6 and RFC 8601 section 2.7 in the words of SES's notifications. */
const VERDICTS_OF_RESULTS: Readonly<Record<string, VerdictWord>> = {
  pass: "PASS",
  fail: "FAIL",
  softfail: "GRAY",
  neutral: "GRAY",
  none: "GRAY",
  policy: "GRAY",
  temperror: "PROCESSING_FAILED",
  permerror: "PROCESSING_FAILED",
};

export const sesArrivalReader: ArrivalReader = {
  read(raw, place, modifiedAt) {
    const block = readBlock(raw, place);
    if (block === null) return null;
    const { fields, recipient } = block;
    const results = readResults(fields.get("authentication-results") ?? "");
    return {
      providerMessageId: block.id,
      place,
      recipients: readRecipients(recipient === null ? addressedTo(raw.subarray(block.end)) : [recipient]),
      envelopeFrom: readPath(fields.get("return-path")),
      receivedAt: modifiedAt,
      verdicts: {
        spam: verdictWord(fields.get("x-ses-spam-verdict")),
        virus: verdictWord(fields.get("x-ses-virus-verdict")),
        spf: resultVerdict(/^[a-z]+/i.exec(fields.get("received-spf") ?? "")?.[0]),
        dkim: resultVerdict(results.get("dkim")),
        dmarc: resultVerdict(results.get("dmarc")),
      },
      // Whoever needs them has the message itself.
      fields: NO_FIELDS,
    };
  },

  withoutProviderHeader(raw, place) {
    return raw.subarray(readBlock(raw, place)?.end ?? 0);
  },
};

const NO_FIELDS: ReceivedMail["fields"] = {
  fromAddress: null,
  fromName: null,
  subject: "",
  messageId: null,
  inReplyTo: [],
  references: [],
};

type Block = {
  readonly fields: ReadonlyMap<string, string>;
  readonly id: string;
  readonly recipient: string | null;
  readonly end: number;
};

/** Null when it does not say of itself what the object is called: nobody but SES knows that id beforehand. */
function readBlock(raw: Uint8Array, { key }: ObjectPlace): Block | null {
  // An octet is a character, so that places in the text are places in the message.
  const text = octetsAsText(raw.subarray(0, PROVIDER_HEADER_BYTES_MAX));
  const fields = new Map<string, string>();
  let end = 0;
  for (;;) {
    const field = readField(text, end);
    const isFolded = field === null ? undefined : OWN_FIELDS[field.name];
    if (field === null || isFolded === undefined || fields.has(field.name)) break;
    fields.set(field.name, field.value);
    end = isFolded ? field.end : field.lineEnd;
  }
  const [, id, recipient] = RECEIVED.exec(fields.get("received") ?? "") ?? [];
  if (id === undefined || id !== key.slice(key.lastIndexOf("/") + 1)) return null;
  return { fields, id, recipient: recipient ?? null, end };
}

type Field = {
  /** In lower case. */
  readonly name: string;
  /** White space, folds among it, is one space. */
  readonly value: string;
  readonly lineEnd: number;
  readonly end: number;
};

/** RFC 5322 section 2.2. Null at an empty line, at one that is no field, and at the end. */
function readField(text: string, begin: number): Field | null {
  const lineEnd = afterLine(text, begin);
  const colon = text.slice(begin, lineEnd).indexOf(":");
  if (colon < 1) return null;
  let end = lineEnd;
  while (text[end] === " " || text[end] === "\t") end = afterLine(text, end);
  const name = text
    .slice(begin, begin + colon)
    .trimEnd()
    .toLowerCase();
  const value = text.slice(begin + colon + 1, end);
  return { name, value: value.replaceAll(/\s+/g, " ").trim(), lineEnd, end };
}

const afterLine = (text: string, from: number): number => {
  const feed = text.indexOf("\n", from);
  return feed < 0 ? text.length : feed + 1;
};

const verdictWord = (text: string | undefined): VerdictWord | null =>
  VERDICT_WORDS.find((word) => word === text) ?? null;

const resultVerdict = (result: string | undefined): VerdictWord | null =>
  VERDICTS_OF_RESULTS[result?.toLowerCase() ?? ""] ?? null;

/**
 * RFC 8601 section 2.2: by method; of several signatures one that passes counts. Quoted strings and comments may hold
 * anything, a sender's address with "; dkim=pass" in it for one, and are taken out first.
 */
function readResults(value: string): ReadonlyMap<string, string> {
  const bare = value
    .slice(0, RESULTS_CHARACTERS_MAX)
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, "")
    .replaceAll(/\([^()]*\)/g, "");
  const results = new Map<string, string>();
  for (const one of bare.split(";")) {
    const [, method, result] = /^\s*(spf|dkim|dmarc)=([a-z]+)/i.exec(one) ?? [];
    if (method === undefined || result === undefined) continue;
    const name = method.toLowerCase();
    if (!results.has(name) || result.toLowerCase() === "pass") results.set(name, result);
  }
  return results;
}

/** What looks like an address in To and Cc. Whatever else it is, it is nobody's of ours, or it is one of ours. */
function* addressedTo(message: Uint8Array): Generator<string> {
  const text = octetsAsText(message.subarray(0, INBOUND_HEADER_BYTES_MAX));
  for (let at = 0; at < text.length && !/^\r?\n/.test(text.slice(at, at + 2));) {
    const field = readField(text, at);
    if (field?.name === "to" || field?.name === "cc") yield* field.value.split(/[\s<>,;:"()]+/);
    at = field?.end ?? afterLine(text, at);
  }
}

const octetsAsText = (octets: Uint8Array): string => new TextDecoder("latin1").decode(octets);
