// The bucket with arriving mail: what is asked of S3, what its answers come to, and listing over S3's own protocol as the
// sandbox speaks and signs it.
import { describe, expect, test } from "bun:test";
import assert from "node:assert/strict";
import { makeSignedFetch } from "../../../adapters/aws/signed-fetch.ts";
import { makeS3InboundMailbox } from "../../../adapters/s3/inbound-mailbox.ts";
import { INBOUND_BYTES_MAX } from "../../../core/inbound/parsed-message.ts";
import { SANDBOX_CREDENTIALS, SANDBOX_REGION, sandboxEndpoints } from "../../../edge/sandbox/endpoints.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { startStubServer } from "../../support/stub-server.ts";

const PLACE = { bucket: "acme-inbound", key: "in/abc" };
const signedFetch = makeSignedFetch({ region: SANDBOX_REGION, credentials: SANDBOX_CREDENTIALS });
const mailboxAt = (url: string, inboundStore: { bucket: string; prefix: string } | null = null) =>
  makeS3InboundMailbox(signedFetch, { endpoints: { ...sandboxEndpoints(url), s3: url }, inboundStore });

const s3Error = (status: number, code: string) =>
  new Response(`<Error><Code>${code}</Code><Message>m</Message></Error>`, { status });
const entry = (key: string, size = "5", modified = "2026-01-02T03:04:05.000Z") =>
  `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified><ETag>&quot;e&quot;</ETag><Size>${size}</Size></Contents>`;
const listing = (entries: string, isTruncated = "false") =>
  `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>` +
  `<IsTruncated>${isTruncated}</IsTruncated>${entries}</ListBucketResult>`;

describe("one mail", () => {
  test("is asked for where the notification says, each segment encoded", async () => {
    const server = startStubServer(() => new Response("From: a\r\n\r\n"));
    const mailbox = mailboxAt(`${server.url}/base/`);
    const raw = await mailbox.get({ bucket: "my.bucket", key: "in//a b+ü?#%2e%2e(1)" });
    expect(raw).toEqual(new TextEncoder().encode("From: a\r\n\r\n"));
    expect(server.requests.map(({ target }) => target)).toEqual([
      "/base/my.bucket/in//a%20b%2B%C3%BC%3F%23%252e%252e%281%29",
    ]);
  });

  test("that is not there is null", async () => {
    const server = startStubServer(() => s3Error(404, "NoSuchKey"));
    expect(await mailboxAt(server.url).get(PLACE)).toBeNull();
  });

  test("above what SES delivers is left unread", async () => {
    const server = startStubServer(() => new Response(new Uint8Array(INBOUND_BYTES_MAX + 2 * 1024 * 1024)));
    expect(await mailboxAt(server.url).get(PLACE)).toBe("too_large");
  });
});

const troubles: readonly (readonly [string, () => Response])[] = [
  ["a missing bucket", () => s3Error(404, "NoSuchBucket")],
  ["a 404 of something else", () => new Response("<html>", { status: 404 })],
  ["no permission", () => s3Error(403, "AccessDenied")],
  ["SlowDown", () => s3Error(503, "SlowDown")],
  ["another region", () => Response.redirect("http://127.0.0.1:1/", 301)],
];

describe("an outage of the bucket", () => {
  const store = { bucket: "acme-inbound", prefix: "" };
  const isOutage = { outage: { service: "inbound", cause: "unavailable", retryAfterSeconds: null } };
  test.each(troubles)("%s", async (_, answer) => {
    const mailbox = mailboxAt(startStubServer(answer).url, store);
    await assert.rejects(mailbox.get(PLACE), isOutage);
    await assert.rejects(
      mailbox.list(async () => null),
      isOutage,
    );
  });

  test("nobody answers", async () => {
    await assert.rejects(mailboxAt("http://127.0.0.1:1").get(PLACE), isOutage);
  });

  const rows: readonly (readonly [string, string])[] = [
    ["a page of a proxy", "<html></html>"],
    ["a listing that is cut off", listing(entry("in/a")).slice(0, 120)],
    ["more to come after nothing", listing("", "true")],
    ["more than was asked for", listing(entry("in/a").repeat(1001))],
    ["an entry without a key", listing(entry("").replace("<Key></Key>", ""))],
    ["an empty key", listing(entry(""))],
    ["a size that is none", listing(entry("in/a", "-1"))],
    ["a time that is none", listing(entry("in/a", "1", "yesterday"))],
    ["8 MB of it", listing(" ".repeat(8_000_000))],
  ];
  test.each(rows)("a listing that is none: %s", async (_, xml) => {
    const server = startStubServer(() => new Response(xml));
    await assert.rejects(
      mailboxAt(server.url, store).list(async () => null),
      isOutage,
    );
  });
});

describe("the list", () => {
  test("is null where nobody said which bucket, and nothing is asked", async () => {
    expect(await mailboxAt("http://127.0.0.1:1").list(() => assert.fail("asked"))).toBeNull();
  });

  test("is asked for by prefix, after the key known for the bucket", async () => {
    const server = startStubServer(() => new Response(listing(entry("in/a&amp;b&#10;"), "true")));
    const mailbox = mailboxAt(server.url, { bucket: "acme-inbound", prefix: "in" });
    const page = await mailbox.list(async (bucket) => (bucket === "acme-inbound" ? "in/a b+*" : null));
    expect(page).toEqual({
      bucket: "acme-inbound",
      objects: [{ key: "in/a&b\n", sizeBytes: 5, modifiedAt: Date.UTC(2026, 0, 2, 3, 4, 5) }],
      isEnd: false,
    });
    expect(server.requests[0]?.target).toBe(
      "/acme-inbound/?list-type=2&max-keys=1000&prefix=in%2F&start-after=in%2Fa%20b%2B%2A",
    );
  });

  test("goes on where it ended, over all pages, and is signed as S3 wants it", async () => {
    const { aws } = await startSandbox();
    const keys = Array.from({ length: 1005 }, (_, index) => `in/${String(index).padStart(4, "0")} +é`);
    const put = (key: string) => aws.s3("PUT", `/acme-inbound/${encodeURIComponent(key)}`, { body: "x" });
    for (const key of ["im/before", ...keys, "other/after"]) await put(key);
    const mailbox = mailboxAt(aws.endpoints.s3, { bucket: "acme-inbound", prefix: "in" });
    const first = await mailbox.list(async () => null);
    expect(first?.objects.map(({ key }) => key)).toEqual(keys.slice(0, 1000));
    expect(first?.isEnd).toBe(false);
    const second = await mailbox.list(async () => first?.objects.at(-1)?.key ?? null);
    expect(second?.objects.map(({ key }) => key)).toEqual(keys.slice(1000));
    expect(second?.isEnd).toBe(true);
    expect(await mailbox.get({ bucket: "acme-inbound", key: keys[7] ?? "" })).toEqual(Buffer.from("x"));
  });
});
