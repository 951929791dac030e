// Over each limit a message is refused with the reason and what its top header told; at the limit it is read. And what is
// below every limit but made to be slow or large ends all the same: a test that hangs is a failure.
import { describe, expect, test } from "bun:test";
import { messageParser } from "../../../adapters/mime/parse-message.ts";
import { INBOUND_HEADER_BYTES_MAX, STORED_BYTES_MAX } from "../../../core/inbound/parsed-message.ts";

const MB = 1024 * 1024;
const octetsOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): ReturnType<typeof messageParser.parse> => messageParser.parse(octetsOf(text));

const TOP =
  "From: Ann <ann@example.com>\r\nSubject: Hello\r\nMessage-ID: <a@x>\r\nAuto-Submitted: auto-replied\r\n";
const nested = (depth: number): string =>
  TOP +
  Array.from(
    { length: depth },
    (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
  ).join("");
const parts = (count: number): string =>
  `${TOP}Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\nContent-Type: a/b\r\n\r\nx\r\n".repeat(count)}--b--`;
const header = (octets: number): string => `${TOP}X: `.padEnd(octets - 2, "y");
const sized = (octets: number): Uint8Array => {
  const message = new Uint8Array(octets).fill(0x61);
  message.set(octetsOf(`${TOP}Content-Type: a/b\r\n\r\n`));
  return message;
};

const REFUSED: readonly [name: string, status: string, raw: () => Uint8Array][] = [
  ["101 multiparts within each other", "too_deep", () => octetsOf(nested(101))],
  ["5,000", "too_deep", () => octetsOf(nested(5000))],
  ["5,000 with one boundary", "too_deep", () => octetsOf(nested(5000).replaceAll(/b\d+/g, "b"))],
  ["1,001 parts", "too_many_parts", () => octetsOf(parts(1001))],
  ["20,000 parts", "too_many_parts", () => octetsOf(parts(20_000))],
  [
    "a header of 2 MB and one octet",
    "headers_too_large",
    () => octetsOf(`${header(INBOUND_HEADER_BYTES_MAX + 1)}\r\n\r\nx`),
  ],
  ["a header of 3 MB without end", "headers_too_large", () => octetsOf(header(3 * MB))],
  [
    "a part's header",
    "headers_too_large",
    () => octetsOf(`${TOP}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${header(3 * MB)}`),
  ],
  ["one octet more than SES stores", "too_large", () => sized(STORED_BYTES_MAX + 1)],
];

test.each(REFUSED)("%s: %s", async (_, status, raw) => {
  expect(await messageParser.parse(raw())).toEqual({
    ok: false,
    error: {
      status: status as "too_deep",
      mailClass: "auto_reply",
      fields: {
        fromAddress: "ann@example.com",
        fromName: "Ann",
        subject: "Hello",
        messageId: "a@x",
        inReplyTo: [],
        references: [],
      },
    },
  });
});

test("no octet at all", async () => {
  expect(await messageParser.parse(new Uint8Array())).toEqual({
    ok: false,
    error: { status: "unreadable", fields: null, mailClass: "human" },
  });
});

describe("at the limit", () => {
  test("100 multiparts within each other", async () => {
    expect(await parse(`${nested(100)}\r\nhello`)).toMatchObject({
      ok: true,
      value: { text: "hello", files: [] },
    });
  });

  test("1,000 parts", async () => {
    const read = await parse(parts(1000));
    expect(read.ok && read.value.files.length).toBe(1000);
    expect(read.ok && read.value.files.at(-1)?.filename).toBe("attachment-1000.bin");
  });

  test("a header of 2 MB", async () => {
    expect(await parse(`${header(INBOUND_HEADER_BYTES_MAX)}\r\n\r\nx`)).toMatchObject({
      ok: true,
      value: { text: "x" },
    });
  });

  test("all that SES stores, whose file is a view into the message", async () => {
    const raw = sized(STORED_BYTES_MAX);
    const read = await messageParser.parse(raw);
    const octets = read.ok ? read.value.files[0]?.octets : undefined;
    expect(octets?.buffer).toBe(raw.buffer);
    expect(octets?.length).toBe(STORED_BYTES_MAX - octetsOf(`${TOP}Content-Type: a/b\r\n\r\n`).length);
  });

  test("text of more than 8 MB is a file, so it is never one string", async () => {
    const text = "hello world\r\n".repeat(700_000);
    const read = await parse(`Subject: x\r\n\r\n${text}`);
    expect(read).toMatchObject({ ok: true, value: { text: null } });
    expect(read.ok && read.value.files.map(({ filename, octets }) => [filename, octets.length])).toEqual([
      ["attachment-1.txt", text.length],
    ]);
  });
});

/** Below the limits; each took a naive reader seconds to hours, or its whole stack. */
const SLOW: readonly [name: string, raw: string][] = [
  ["an address field of 135 kB", `From: ${'"a b" <a@b.example>, '.repeat(6500)}\r\n\r\nx`],
  [
    "an address field of comments and brackets",
    `From: ${"(".repeat(500_000)}${"<".repeat(500_000)}\r\n\r\nx`,
  ],
  ["groups within groups", `From: ${"a:".repeat(500_000)}a@b${";".repeat(500_000)}\r\n\r\nx`],
  ["300,000 references", `References: ${"<a@b> ".repeat(300_000)}\r\n\r\nx`],
  [
    "comments never closed",
    `In-Reply-To: ${"(".repeat(30_000)}\r\nAuto-Submitted: ${"(".repeat(500_000)}\r\n\r\nx`,
  ],
  ["a subject of 100,000 words", `Subject: ${"=?utf-8?Q?=C3=A4?= ".repeat(90_000)}\r\n\r\nx`],
  ["400,000 fields", `${"a:b\r\n".repeat(400_000)}\r\nx`],
  ["400,000 names of fields", `${Array.from({ length: 150_000 }, (_, at) => `x${at}:b\r\n`).join("")}\r\nx`],
  ["parameters with comments", `Content-Type: text/plain; ${"a=(;".repeat(400_000)}\r\n\r\nx`],
  [
    "100,000 pieces of a name",
    `Content-Type: a/b; ${Array.from({ length: 100_000 }, (_, at) => `name*${at}*=%41;`).join("")}\r\n\r\nx`,
  ],
  ["blanks and dots in a name", `Content-Type: a/b; name="${" .".repeat(500_000)}x"\r\n\r\nx`],
  [
    "lines that are nearly a boundary",
    `Content-Type: multipart/mixed; boundary=bbbbbbbb\r\n\r\n${"--bbbbbbbc\n".repeat(500_000)}`,
  ],
  [
    "boundaries with blanks behind",
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b${" ".repeat(1000)}x\n`.repeat(4000)}`,
  ],
  [
    "a long boundary",
    `Content-Type: multipart/mixed; boundary="${"b".repeat(1000)}"\r\n\r\n${`--${"b".repeat(999)}c\n`.repeat(4000)}`,
  ],
  ["HTML of opened tags", `Content-Type: text/html\r\n\r\n${'<a href="cid:'.repeat(200_000)}`],
  ["HTML of comments never closed", `Content-Type: text/html\r\n\r\ncid:${"<!--".repeat(500_000)}`],
  [
    "styles of quotes never closed",
    `Content-Type: text/html\r\n\r\n<style>${"url('cid: \"".repeat(200_000)}`,
  ],
  ["sources of commas", `Content-Type: text/html\r\n\r\n<img srcset="${"cid:a ,,, ".repeat(200_000)}`],
  ["entities", `Content-Type: text/html\r\n\r\ncid:${"&#".repeat(1_000_000)}`],
  ["flowed quotes", `Content-Type: text/plain; format=flowed\r\n\r\n${"> ".repeat(1_000_000)}`],
  ["flowed lines", `Content-Type: text/plain; format=flowed\r\n\r\n${"a \n".repeat(500_000)}`],
  [
    "a uuencoded bomb",
    `Content-Type: a/b\r\nContent-Transfer-Encoding: uue\r\n\r\nbegin 6 a\n${"_\n".repeat(500_000)}`,
  ],
  [
    "uuencode that never begins",
    `Content-Type: a/b\r\nContent-Transfer-Encoding: uue\r\n\r\n${"!\n".repeat(1_000_000)}`,
  ],
  [
    "a delivery status of blanks",
    `Content-Type: message/delivery-status\r\n\r\n${`action${" ".repeat(500)}`.repeat(4000)}`,
  ],
  [
    "one thousand files of one name",
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\nContent-Type: a/b; name=${"x".repeat(300)}\r\n\r\nx\r\n`.repeat(1000)}`,
  ],
];

test.each(SLOW)("ends: %s", async (_, raw) => {
  const read = await parse(raw);
  expect(read.ok).toBe(true);
  if (!read.ok) return;
  const { text, html, files } = read.value;
  expect(
    (text?.length ?? 0) + (html?.length ?? 0) + files.reduce((sum, { octets }) => sum + octets.length, 0),
  ).toBeLessThanOrEqual(raw.length);
});
