// Mail beyond what is read, and as large as SES takes it, through a program of its own: none is dropped, each is kept octet
// for octet and says how far it was read, and the program's memory stays within bounds.
import { expect, test } from "bun:test";
import assert from "node:assert/strict";
import {
  INBOUND_BYTES_MAX,
  INBOUND_DEPTH_MAX,
  INBOUND_HEADER_BYTES_MAX,
  INBOUND_PARTS_MAX,
} from "../../core/inbound/parsed-message.ts";
import { heldMb, peakMb, processServing, resetPeak } from "../bench/memory.ts";
import type { InboundDetail } from "../support/api-shapes.ts";
import { sha256Hex } from "../support/corpus.ts";
import {
  arrive,
  askInbound,
  attachmentPath,
  downloaded,
  inboundDetail,
  messageOf,
  receive,
  received,
} from "../support/inbound-mail.ts";
import { octetsOf, part } from "../support/mime-message.ts";
import { startOwnProgram } from "../support/own-program.ts";
import { PROGRAM_TEST_MS_MAX } from "../support/test-on.ts";

const { world } = await startOwnProgram();
const sender = await (await world.newWorkspace()).sender();
const pid = await processServing(world.url);

/** Four are read at once; each is held as it came, decoded, and once more on its way to where it is kept. */
const GROWTH_MB_MAX = 512;
/** More than are read at once. */
const LARGEST_COUNT = 5;
/** More than SES writes on top of a header, which counts as one with it. */
const SES_HEADER_BYTES = 8_192;
const FROM = { From: "pat@example.org", "Message-ID": "<limits@example.org>" };

const fields = (headers: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

/** Multiparts in multiparts, and a text in the innermost. */
function nested(depth: number): Uint8Array<ArrayBuffer> {
  const levels = Array.from({ length: depth }, (_, level) => `b${level}`);
  const open = levels.map(
    (boundary) => `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\n`,
  );
  const close = levels.toReversed().map((boundary) => `\r\n--${boundary}--`);
  return octetsOf(
    [...fields(FROM), `${open.join("")}${part("text/plain", "innermost")}${close.join("")}`].join("\r\n"),
  );
}

function flat(count: number): Uint8Array<ArrayBuffer> {
  const parts = Array.from({ length: count }, (_, n) => `--b\r\n${part("image/png", `${n}`)}`);
  return messageOf(
    { ...FROM, "Content-Type": "multipart/mixed; boundary=b" },
    `${parts.join("\r\n")}\r\n--b--`,
  );
}

/** A header of so many octets, its last blank line among them. */
function withHeader(sizeBytes: number): Uint8Array<ArrayBuffer> {
  const line = `X-Filler: ${"x".repeat(986)}\r\n`;
  const begin = `${fields(FROM).join("\r\n")}\r\n`;
  const left = sizeBytes - begin.length - 2;
  const filler = line.repeat(Math.floor(left / line.length) - 1);
  const last = `X-Last: ${"x".repeat(left - filler.length - 10)}\r\n`;
  return new TextEncoder().encode(`${begin}${filler}${last}\r\nThe text`);
}

const inPart = (sizeBytes: number): Uint8Array<ArrayBuffer> =>
  messageOf(
    { ...FROM, "Content-Type": "multipart/mixed; boundary=b" },
    `--b\r\n${part("text/plain", "The text", ["X-Filler: ", ...Array.from({ length: Math.ceil(sizeBytes / 1_000) }, () => ` ${"x".repeat(997)}`)])}\r\n--b--`,
  );

/** A message of exactly so many octets, all but its header one file. */
function withFile(sizeBytes: number): { readonly raw: Uint8Array<ArrayBuffer>; readonly file: Uint8Array } {
  const head = [
    ...fields(FROM),
    part("application/pdf", "", ["Content-Disposition: attachment; filename=a.pdf"]),
  ];
  const begin = new TextEncoder().encode(head.join("\r\n"));
  const raw = new Uint8Array(sizeBytes).fill(0x61);
  raw.set(begin);
  for (let at = begin.length + 76; at < raw.length - 2; at += 78) raw.set([13, 10], at);
  return { raw, file: raw.subarray(begin.length) };
}

async function assertKept(email: InboundDetail, raw: Uint8Array): Promise<void> {
  const kept = await downloaded(sender, email.id, "/raw");
  expect(kept.octets.length).toBe(raw.length);
  expect(sha256Hex(kept.octets)).toBe(sha256Hex(raw));
}

const ROWS: readonly (readonly [name: string, raw: () => Uint8Array<ArrayBuffer>, status: string])[] = [
  ["as deep as is read", () => nested(INBOUND_DEPTH_MAX), "parsed"],
  ["one deeper", () => nested(INBOUND_DEPTH_MAX + 1), "too_deep"],
  ["5,000 deep", () => nested(5_000), "too_deep"],
  ["as many parts as are read", () => flat(INBOUND_PARTS_MAX), "parsed"],
  ["one part more", () => flat(INBOUND_PARTS_MAX + 1), "too_many_parts"],
  ["20,000 parts", () => flat(20_000), "too_many_parts"],
  ["nearly 2 MB of headers", () => withHeader(INBOUND_HEADER_BYTES_MAX - SES_HEADER_BYTES), "parsed"],
  ["2 MB of headers, and what SES wrote", () => withHeader(INBOUND_HEADER_BYTES_MAX), "headers_too_large"],
  ["a header of 10 MB", () => withHeader(5 * INBOUND_HEADER_BYTES_MAX), "headers_too_large"],
  ["a part with a header of 3 MB", () => inPart(3_000_000), "headers_too_large"],
];

test.each(ROWS)(
  "%s",
  async (_name, make, status) => {
    const raw = make();
    const email = await receive(sender, raw);
    expect(email.parse_status).toBe(status);
    // Its top header was read all the same.
    expect(email).toMatchObject({ from_address: "pat@example.org", message_id: "<limits@example.org>" });
    if (status !== "parsed") expect([email.text, email.attachments]).toEqual([null, []]);
    await assertKept(email, raw);
  },
  PROGRAM_TEST_MS_MAX,
);

test(
  "40 MB of HTML is a file: nobody reads that much",
  async () => {
    const html = '<p><img src="cid:a@x">\r\n'.repeat(1_700_000).slice(0, INBOUND_BYTES_MAX - 200);
    const raw = messageOf({ ...FROM, "Content-Type": "text/html" }, html);
    const email = await receive(sender, raw);
    expect(email).toMatchObject({ parse_status: "parsed", text: null, has_attachment: true });
    expect(email.attachments).toMatchObject([{ content_type: "text/html", size: html.length + 2 }]);
    expect((await askInbound(sender, email.id, "/body")).status).toBe(404);
    await assertKept(email, raw);
  },
  PROGRAM_TEST_MS_MAX,
);

test(
  "several of 40 MB at once are read whole, in bounded memory",
  async () => {
    const { raw, file } = withFile(INBOUND_BYTES_MAX);
    const recipient = (n: number): string => `large-${n}@${sender.setup.domain_identity}`;
    const before = (await received(sender, 0)).length;
    await resetPeak(pid);
    const held = await heldMb(pid);
    for (let n = 0; n < LARGEST_COUNT; n += 1) await arrive(sender, raw, { rcpt: recipient(n) });
    const listed = (await received(sender, before + LARGEST_COUNT)).filter(({ to_addresses: [to] }) =>
      to?.startsWith("large-"),
    );
    const grown = (await peakMb(pid)) - held;
    assert.ok(grown <= GROWTH_MB_MAX, `it grew by ${Math.round(grown)} MB`);
    expect(new Set(listed.map(({ to_addresses: [to] }) => to)).size).toBe(LARGEST_COUNT);
    for (const { id } of listed) {
      const email = await inboundDetail(sender, id);
      expect(email).toMatchObject({
        parse_status: "parsed",
        attachments: [{ filename: "a.pdf", size: file.length, sha256: sha256Hex(file) }],
      });
    }
    const [one] = listed;
    assert.ok(one);
    await assertKept(await inboundDetail(sender, one.id), raw);
    const served = await downloaded(sender, one.id, attachmentPath("a.pdf"));
    expect(sha256Hex(served.octets)).toBe(sha256Hex(file));
  },
  PROGRAM_TEST_MS_MAX,
);
