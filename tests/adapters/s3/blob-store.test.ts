import { describe, expect, test } from "bun:test";
import assert from "node:assert/strict";
import { makeSignedFetch } from "../../../adapters/aws/signed-fetch.ts";
import { makeS3BlobStore } from "../../../adapters/s3/blob-store.ts";
import { OutageError } from "../../../core/outage.ts";
import { startStubServer } from "../../support/stub-server.ts";

const NOW = Date.UTC(2026, 0, 2);
const KEY = "email/1/body";

function storeAt(url: string, prefix = "") {
  const signedFetch = makeSignedFetch({
    region: "auto",
    credentials: { accessKeyId: "A", secretAccessKey: "s" },
  });
  return makeS3BlobStore(signedFetch, { now: () => NOW }, { endpoint: url, bucket: "my.bucket", prefix });
}
const s3Error = (status: number, code: string) =>
  new Response(`<Error><Code>${code}</Code><Message>m</Message></Error>`, { status });

describe("where blobs lie", () => {
  test.each([
    ["", "/base/my.bucket/email/1/body"],
    ["mail", "/base/my.bucket/mail/email/1/body"],
    ["a/b+c d!", "/base/my.bucket/a/b%2Bc%20d%21/email/1/body"],
  ])("prefix %p: path-style, each segment percent-encoded", async (prefix, target) => {
    const server = startStubServer(() => new Response());
    const store = storeAt(`${server.url}/base/`, prefix);
    await store.put(KEY, Buffer.from("x"), "text/html; charset=utf-8");
    await store.get(KEY);
    await store.delete([KEY]);
    expect(server.requests.map((request) => `${request.method} ${request.target}`)).toEqual([
      `PUT ${target}`,
      `GET ${target}`,
      `DELETE ${target}`,
    ]);
    expect(server.requests[0]?.headers.get("content-type")).toBe("text/html; charset=utf-8");
  });
});

describe("what S3 answers", () => {
  test("only NoSuchKey is a missing blob", async () => {
    const server = startStubServer(() => s3Error(404, "NoSuchKey"));
    expect(await storeAt(server.url).get(KEY)).toBeNull();
  });

  const rows: readonly (readonly [string, () => Response])[] = [
    ["a missing bucket", () => s3Error(404, "NoSuchBucket")],
    ["a 404 of something else", () => new Response("<html>", { status: 404 })],
    ["no permission", () => s3Error(403, "AccessDenied")],
    ["SlowDown", () => s3Error(503, "SlowDown")],
    ["another region", () => Response.redirect("http://127.0.0.1:1/", 301)],
  ];
  test.each(rows)("%s is an outage, for each method", async (_, answer) => {
    const server = startStubServer(answer);
    const store = storeAt(server.url);
    await assert.rejects(store.get(KEY), OutageError);
    await assert.rejects(store.put(KEY, Buffer.from("x"), "text/plain"), OutageError);
    await assert.rejects(store.delete([KEY]), OutageError);
    expect(server.requests).toHaveLength(3);
  });

  test("nobody is an outage too", async () => {
    await assert.rejects(storeAt("http://127.0.0.1:1").get(KEY), {
      outage: { service: "blobs", cause: "unavailable", retryAfterSeconds: null },
    });
  });
});

describe("presigned URLs live", () => {
  test.each([
    ["as long as asked", NOW + 300_000, "300"],
    ["a second at least", NOW - 5000, "1"],
    ["a week at most", NOW + 30 * 86_400_000, "604800"],
  ])("%s", async (_, expiresAt, seconds) => {
    const about = { fileName: "a", contentType: "text/plain", expiresAt };
    const url = new URL(await storeAt("https://s3.example").downloadUrl(KEY, about));
    expect(url.searchParams.get("X-Amz-Expires")).toBe(seconds);
  });
});
