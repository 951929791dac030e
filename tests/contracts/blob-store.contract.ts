// What every BlobStore does, whatever it keeps blobs in: each sentence of the port, as a case.
import assert from "node:assert/strict";
import type { BlobStore } from "../../core/ports/blob-store.ts";

/** What a browser gets from a download URL. */
export type Downloaded = {
  readonly status: number;
  readonly octets: Uint8Array;
  readonly contentType: string | null;
  readonly disposition: string | null;
};

export type BlobStoreCase = {
  readonly name: string;
  run(store: BlobStore, download: (url: string) => Promise<Downloaded>): Promise<void>;
};

const KEY = "email/019b0000-0000-7000-8000-000000000001/body";
const OTHER_KEY = "email/019b0000-0000-7000-8000-000000000001/019b0000-0000-7000-8000-000000000002";
const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
const inFiveMinutes = (): number => Date.now() + 300_000;

export const blobStoreCases: readonly BlobStoreCase[] = [
  {
    name: "get answers what was put, octet for octet",
    async run(store) {
      const content = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
      await store.put(KEY, content, "application/octet-stream");
      assert.deepEqual(new Uint8Array((await store.get(KEY)) ?? []), content);
    },
  },
  {
    name: "a view is stored as what it shows, and nothing is stored as nothing",
    async run(store) {
      await store.put(KEY, octets("xxbodyxx").subarray(2, 6), "text/plain");
      assert.equal(Buffer.from((await store.get(KEY)) ?? []).toString(), "body");
      await store.put(OTHER_KEY, new Uint8Array(), "text/plain");
      assert.equal((await store.get(OTHER_KEY))?.length, 0);
    },
  },
  {
    name: "put again replaces the whole content",
    async run(store) {
      await store.put(KEY, octets("a long first content"), "text/plain");
      await store.put(KEY, octets("second"), "text/plain");
      assert.equal(Buffer.from((await store.get(KEY)) ?? []).toString(), "second");
    },
  },
  {
    name: "puts of one key at once leave one of the contents, whole",
    async run(store) {
      const contents = Array.from({ length: 8 }, (_, at) => new Uint8Array(50_000).fill(at));
      await Promise.all(contents.map((content) => store.put(KEY, content, "text/plain")));
      const left = await store.get(KEY);
      assert.equal(left?.length, 50_000);
      assert.ok(left.every((octet) => octet === left[0]));
    },
  },
  {
    name: "get answers null for an unknown key, also beside known ones",
    async run(store) {
      assert.equal(await store.get(KEY), null);
      await store.put(KEY, octets("x"), "text/plain");
      assert.equal(await store.get(OTHER_KEY), null);
      assert.equal(await store.get("email/019b0000-0000-7000-8000-000000000001"), null);
    },
  },
  {
    name: "delete removes the keys named and no other; unknown ones are no error",
    async run(store) {
      await store.put(KEY, octets("x"), "text/plain");
      await store.put(OTHER_KEY, octets("y"), "text/plain");
      await store.delete([KEY, "email/unknown/body", KEY]);
      await store.delete([]);
      assert.equal(await store.get(KEY), null);
      assert.equal(Buffer.from((await store.get(OTHER_KEY)) ?? []).toString(), "y");
    },
  },
  {
    name: "downloadUrl serves the blob under the name and type it was made for",
    async run(store, download) {
      await store.put(KEY, octets("%PDF"), "application/pdf");
      const url = await store.downloadUrl(KEY, {
        fileName: `Überweisung "№1" 日本語+%.pdf`,
        contentType: "application/octet-stream",
        expiresAt: inFiveMinutes(),
      });
      const downloaded = await download(url);
      assert.equal(downloaded.status, 200);
      assert.equal(Buffer.from(downloaded.octets).toString(), "%PDF");
      assert.equal(downloaded.contentType, "application/octet-stream");
      // RFC 6266 section 4.3 and RFC 8187: the exact name, percent-encoded.
      assert.match(downloaded.disposition ?? "", /^attachment; filename=/);
      assert.ok(
        downloaded.disposition?.includes(
          "filename*=UTF-8''%C3%9Cberweisung%20%22%E2%84%961%22%20%E6%97%A5%E6%9C%AC%E8%AA%9E%2B%25.pdf",
        ),
      );
    },
  },
  {
    name: "downloadUrl does not check that the blob exists; following it does",
    async run(store, download) {
      const about = { fileName: "a.txt", contentType: "text/plain", expiresAt: inFiveMinutes() };
      assert.equal((await download(await store.downloadUrl(KEY, about))).status, 404);
    },
  },
  {
    name: "a download URL changed anywhere that matters serves nothing",
    async run(store, download) {
      await store.put(KEY, octets("x"), "text/plain");
      const about = { fileName: "a.txt", contentType: "text/plain", expiresAt: inFiveMinutes() };
      const url = await store.downloadUrl(KEY, about);
      const last = url.at(-1) === "0" ? "1" : "0";
      const { status } = await download(`${url.slice(0, -1)}${last}`);
      assert.ok(status === 403 || status === 404, `answered ${status}`);
    },
  },
  {
    name: "a key that is not made of our ids is a bug",
    async run(store) {
      const keys = [
        "",
        "/",
        "a/",
        "/a",
        "../a",
        "a/../b",
        "a/./b",
        "a//b",
        "A/b",
        "a b",
        "a\\b",
        "a/b.c",
        "a\0",
        "ä",
        ".a",
      ];
      const about = { fileName: "a", contentType: "text/plain", expiresAt: inFiveMinutes() };
      for (const key of [...keys, "a".repeat(201)]) {
        await assert.rejects(async () => store.put(key, octets("x"), "text/plain"), /blob key/);
        await assert.rejects(async () => store.get(key), /blob key/);
        await assert.rejects(async () => store.delete([key]), /blob key/);
        await assert.rejects(async () => store.downloadUrl(key, about), /blob key/);
      }
    },
  },
];
