import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { openFileBlobStore } from "../../../adapters/files/blob-store.ts";
import { makeTokenSigner } from "../../../adapters/webcrypto/token-signer.ts";
import { ATTACHMENT_BYTES_MAX } from "../../../core/email/attachment.ts";
import type { BlobStore } from "../../../core/ports/blob-store.ts";
import type { FileDownload, FileDownloads } from "../../../core/ports/file-downloads.ts";
import type { AppEnv } from "../../../edge/app-env.ts";
import { DOWNLOAD_PATH, downloadFile } from "../../../edge/email/download-file.ts";

const PUBLIC_URL = "http://localhost";
const NOW = Date.UTC(2026, 0, 1);
const CONTENT = new Uint8Array(200_000).map((_, at) => (at * 7) % 256);
const NAME = "Überweisung №1.pdf";
const KEY = "email/01920f3e-7c1a-7b2e-9d3c-5f6a7b8c9d0e/attachment/01920f3e-7c1a-7b2e-9d3c-5f6a7b8c9d0f";

function appOver(files: FileDownloads): Hono<AppEnv> {
  return new Hono<AppEnv>().get(DOWNLOAD_PATH, downloadFile(files, { now: () => NOW }));
}

let folder: string;
let store: BlobStore & FileDownloads;
let app: Hono<AppEnv>;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "postrider-download-"));
  const signer = makeTokenSigner([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);
  store = await openFileBlobStore({ folder, publicUrl: PUBLIC_URL }, signer);
  app = appOver(store);
  await store.put(KEY, CONTENT, "application/pdf");
  url = await urlUntil(NOW + 1000);
});
afterAll(() => rm(folder, { recursive: true }));

const urlUntil = (expiresAt: number): Promise<string> =>
  store.downloadUrl(KEY, { fileName: NAME, contentType: "application/pdf", expiresAt });
const octetsOf = async (response: Response): Promise<Uint8Array> =>
  new Uint8Array(await response.arrayBuffer());

describe("the whole file", () => {
  test("octet for octet, as a download under its name", async () => {
    const response = await app.request(url);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/pdf",
      "content-length": "200000",
      "content-disposition": expect.stringMatching(
        /^attachment; filename=".*"; filename\*=UTF-8''%C3%9Cberweisung%20%E2%84%961\.pdf$/,
      ),
      "accept-ranges": "bytes",
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringMatching(/^sandbox;/),
      "referrer-policy": "no-referrer",
    });
    expect(await octetsOf(response)).toEqual(CONTENT);
  });

  test("HEAD has the same headers and reads nothing", async () => {
    let reads = 0;
    const counting: FileDownloads = {
      open: async (token, now) => {
        const file = await store.open(token, now);
        return file && { ...file, read: (range) => (reads++, file.read(range)) };
      },
    };
    const [get, head] = [await app.request(url), await appOver(counting).request(url, { method: "HEAD" })];
    await get.body?.cancel();
    expect(head.status).toBe(200);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers));
    expect(await octetsOf(head)).toHaveLength(0);
    expect(reads).toBe(0);
  });
});

describe("a range of it", () => {
  const rows: [range: string, contentRange: string, start: number, end: number][] = [
    ["bytes=0-0", "bytes 0-0/200000", 0, 0],
    ["bytes=65535-65536", "bytes 65535-65536/200000", 65535, 65536],
    ["bytes=199990-", "bytes 199990-199999/200000", 199990, 199999],
    ["bytes=-10", "bytes 199990-199999/200000", 199990, 199999],
  ];
  test.each(rows)("%s", async (...[range, contentRange, start, end]) => {
    const response = await app.request(url, { headers: { Range: range } });
    expect(response.status).toBe(206);
    expect(response.headers.get("Content-Range")).toBe(contentRange);
    expect(response.headers.get("Content-Length")).toBe(`${end - start + 1}`);
    expect(await octetsOf(response)).toEqual(CONTENT.subarray(start, end + 1));
  });

  test("outside the file: 416 with its size", async () => {
    const response = await app.request(url, { headers: { Range: "bytes=200000-" } });
    expect(response.status).toBe(416);
    expect(response.headers.get("Content-Range")).toBe("bytes */200000");
    expect(await response.json()).toMatchObject({ code: "range_not_satisfiable" });
  });

  test.each([
    ["several ranges", { Range: "bytes=0-1,4-5" }],
    ["If-Range, as we give no validator", { Range: "bytes=0-1", "If-Range": '"x"' }],
  ])("ignored: %s", async (_name, headers) => {
    const response = await app.request(url, { headers });
    expect(response.status).toBe(200);
    expect(await octetsOf(response)).toHaveLength(CONTENT.length);
  });

  test("a HEAD has no ranges", async () => {
    const response = await app.request(url, { method: "HEAD", headers: { Range: "bytes=0-1" } });
    expect([response.status, response.headers.get("Content-Length")]).toEqual([200, "200000"]);
  });
});

describe("404 for", () => {
  const altered = (at: number): string => {
    const token = url.slice(url.lastIndexOf("/") + 1);
    const other = token.at(at) === "A" ? "B" : "A";
    return `/files/${token.slice(0, at)}${other}${token.slice(at + 1)}`;
  };
  const rows: [name: string, path: () => string | Promise<string>][] = [
    ["an expired token", () => urlUntil(NOW - 1)],
    ["a token altered at its start", () => altered(0)],
    ["a token altered in its content", () => altered(12)],
    ["a token cut short", () => url.slice(0, -2)],
    ["anything else", () => "/files/x"],
    ["a path out of the folder", () => "/files/..%2F..%2Fetc%2Fpasswd"],
  ];
  test.each(rows)("%s", async (_name, path) => {
    const response = await app.request(await path());
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "file_not_found" });
  });

  test("a file that is gone", async () => {
    const gone = KEY.replace(/f$/, "0");
    await store.put(gone, CONTENT, "application/pdf");
    const goneUrl = await store.downloadUrl(gone, {
      fileName: "a",
      contentType: "application/pdf",
      expiresAt: NOW + 1000,
    });
    await store.delete([gone]);
    expect((await app.request(goneUrl)).status).toBe(404);
  });
});

describe("over a real connection", () => {
  let server: Bun.Server<undefined>;
  beforeAll(() => {
    server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.fetch(request) });
  });
  afterAll(() => server.stop(true));
  const here = (): URL => new URL(new URL(url).pathname, server.url);

  test("GET and HEAD tell the length", async () => {
    const [get, head] = [await fetch(here()), await fetch(here(), { method: "HEAD" })];
    expect(await octetsOf(get)).toEqual(CONTENT);
    expect(head.headers.get("Content-Length")).toBe("200000");
  });
});

test("a client that leaves ends the reading", async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const endless: FileDownload = {
    fileName: "a",
    contentType: "application/pdf",
    sizeBytes: ATTACHMENT_BYTES_MAX + 1,
    expiresAt: NOW + 1,
    read: async function* () {
      try {
        while (true) yield new Uint8Array(10);
      } finally {
        resolve();
      }
    },
  };
  const response = await appOver({ open: async () => endless }).request("/files/x");
  expect(response.status).toBe(200);
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await ended;
});
