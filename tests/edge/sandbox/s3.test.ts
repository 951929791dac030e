// The S3 of the sandbox, by signed fetch and presigned links.
import { describe, expect, test } from "bun:test";

import { startSandbox } from "../../support/sandbox.ts";

const { aws } = await startSandbox();
const { s3 } = aws;

const octets = Uint8Array.from({ length: 2_500_000 }, (_, index) => (index * 7 + (index >> 8)) % 256);

test("an object comes back octet by octet, with its type, tag and metadata", async () => {
  const put = await s3("PUT", "/postrider/one/two%20%C3%BC.bin", {
    body: octets,
    headers: { "content-type": "application/pdf", "x-amz-meta-kind": "file" },
  });
  expect(put.status).toBe(200);
  const got = await s3("GET", "/postrider/one/two%20%C3%BC.bin");
  expect(Buffer.from(await got.arrayBuffer()).equals(octets)).toBe(true);
  expect(got.headers.get("content-type")).toBe("application/pdf");
  expect(got.headers.get("x-amz-meta-kind")).toBe("file");
  expect(got.headers.get("etag")).toBe(put.headers.get("etag"));
  const head = await s3("HEAD", "/postrider/one/two%20%C3%BC.bin");
  expect([head.status, head.headers.get("content-length")]).toEqual([200, "2500000"]);
});

describe("ranges", () => {
  const rows: [range: string, status: number, contentRange: string | null, from: number, to: number][] = [
    ["bytes=0-9", 206, "bytes 0-9/2500000", 0, 10],
    ["bytes=1048570-1048580", 206, "bytes 1048570-1048580/2500000", 1_048_570, 1_048_581],
    ["bytes=2499990-", 206, "bytes 2499990-2499999/2500000", 2_499_990, 2_500_000],
    ["bytes=-5", 206, "bytes 2499995-2499999/2500000", 2_499_995, 2_500_000],
    ["bytes=2499999-9999999", 206, "bytes 2499999-2499999/2500000", 2_499_999, 2_500_000],
    ["bytes=a-b", 200, null, 0, 2_500_000],
  ];
  test.each(rows)("%s", async (range, status, contentRange, from, to) => {
    await s3("PUT", "/postrider/ranged", { body: octets });
    const got = await s3("GET", "/postrider/ranged", { headers: { range } });
    expect([got.status, got.headers.get("content-range")]).toEqual([status, contentRange]);
    expect(Buffer.from(await got.arrayBuffer()).equals(octets.subarray(from, to))).toBe(true);
  });

  test("beyond the end is 416", async () => {
    await s3("PUT", "/postrider/short", { body: "abc" });
    const got = await s3("GET", "/postrider/short", { headers: { range: "bytes=3-" } });
    expect([got.status, await got.text()]).toEqual([
      416,
      expect.stringContaining("<Code>InvalidRange</Code>"),
    ]);
  });
});

test("what is missing: 404 with XML, to HEAD without; deleting it is 204", async () => {
  const got = await s3("GET", "/postrider/missing");
  expect([got.status, await got.text()]).toEqual([404, expect.stringContaining("<Code>NoSuchKey</Code>")]);
  const head = await s3("HEAD", "/postrider/missing");
  expect([head.status, await head.text()]).toEqual([404, ""]);
  expect((await s3("DELETE", "/postrider/missing")).status).toBe(204);
});

test("deleted is gone, put again is new", async () => {
  await s3("PUT", "/postrider/again", { body: "one" });
  await s3("PUT", "/postrider/again", { body: "two, longer" });
  expect(await (await s3("GET", "/postrider/again")).text()).toBe("two, longer");
  expect((await s3("DELETE", "/postrider/again")).status).toBe(204);
  expect((await s3("GET", "/postrider/again")).status).toBe(404);
});

test("If-None-Match: * creates once", async () => {
  const put = () => s3("PUT", "/postrider/once", { body: "x", headers: { "if-none-match": "*" } });
  expect((await put()).status).toBe(200);
  const second = await put();
  expect([second.status, await second.text()]).toEqual([412, expect.stringContaining("PreconditionFailed")]);
});

test("a body of unstated length is 411", async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("x"));
      controller.close();
    },
  });
  const put = await s3("PUT", "/postrider/stream", {
    body,
    headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
  });
  expect([put.status, await put.text()]).toEqual([411, expect.stringContaining("MissingContentLength")]);
});

describe("presigned links", () => {
  const overrides = {
    "X-Amz-Expires": "300",
    "response-content-type": "application/octet-stream",
    "response-content-disposition": "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf",
  };
  test("answer with the headers they were signed with, by GET and with a range", async () => {
    await s3("PUT", "/postrider/linked", { body: "hello" });
    const link = await aws.presign("/postrider/linked", overrides);
    const got = await fetch(link, { headers: { range: "bytes=1-2" } });
    expect([got.status, await got.text()]).toEqual([206, "el"]);
    expect(got.headers.get("content-type")).toBe("application/octet-stream");
    expect(got.headers.get("content-disposition")).toBe(overrides["response-content-disposition"]);
  });

  const tampered: [name: string, change: (link: string) => string][] = [
    ["another name", (link) => link.replace("a%2520b", "c%2520d")],
    ["another key", (link) => link.replace("/linked?", "/other?")],
    ["a longer life", (link) => link.replace("X-Amz-Expires=300", "X-Amz-Expires=301")],
    ["another time", (link) => link.replace(/X-Amz-Date=\d{8}/, "X-Amz-Date=20200101")],
    ["no end", (link) => link.replace("X-Amz-Expires=300", "X-Amz-Expires=9999999")],
  ];
  test.each(tampered)("do not stand %s", async (_, change) => {
    const link = change(await aws.presign("/postrider/linked", overrides));
    expect((await fetch(link)).status).toBeOneOf([400, 403]);
  });

  test("end", async () => {
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString().replace(/[:-]|\.\d{3}/g, "");
    const link = await aws.presign("/postrider/linked", { "X-Amz-Expires": "300" }, anHourAgo);
    const got = await fetch(link);
    expect([got.status, await got.text()]).toEqual([403, expect.stringContaining("Request has expired")]);
  });
});

test("lists by prefix, in order, in pages", async () => {
  for (const name of ["b", "a/2", "a/1", "a/3", "c"]) await s3("PUT", `/listed/${name}`, { body: name });
  const page = async (query: string): Promise<string> =>
    (await s3("GET", `/listed?list-type=2&${query}`)).text();
  const keys = (xml: string): string[] =>
    [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key);
  const first = await page("prefix=a%2F&max-keys=2");
  expect(keys(first)).toEqual(["a/1", "a/2"]);
  expect(first).toContain("<IsTruncated>true</IsTruncated>");
  const token = /<NextContinuationToken>([^<]+)</.exec(first)?.[1] ?? "";
  const second = await page(`prefix=a%2F&max-keys=2&continuation-token=${token}`);
  expect(keys(second)).toEqual(["a/3"]);
  expect(second).toContain("<IsTruncated>false</IsTruncated>");
  expect(keys(await page(""))).toEqual(["a/1", "a/2", "a/3", "b", "c"]);
  expect(keys(await page("start-after=a%2F3"))).toEqual(["b", "c"]);
});

test("an object over 64 MB is too large, what is not played says so", async () => {
  const large = await s3("PUT", "/postrider/large", {
    body: new Uint8Array(64 * 1_048_576 + 1),
    headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
  });
  expect([large.status, await large.text()]).toEqual([400, expect.stringContaining("EntityTooLarge")]);
  expect((await s3("PUT", "/a-bucket")).status).toBe(501);
  expect((await s3("HEAD", "/any-bucket")).status).toBe(200);
});
