import { afterAll, describe, expect, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFileBlobStore } from "../../../adapters/files/blob-store.ts";
import { makeTokenSigner } from "../../../adapters/webcrypto/token-signer.ts";
import type { FileDownload } from "../../../core/ports/file-downloads.ts";

const KEY = "email/019b0000-0000-7000-8000-000000000001/body";
const NOW = Date.UTC(2026, 0, 2);
const ABOUT = { fileName: "a.txt", contentType: "text/plain", expiresAt: NOW + 1000 };
const signer = makeTokenSigner([{ id: "k", secret: new Uint8Array(32) }]);

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "postrider-blobs-"));
  folders.push(folder);
  return folder;
}
const openStore = async (folder?: string) =>
  openFileBlobStore({ folder: folder ?? (await makeFolder()), publicUrl: "https://mail.example" }, signer);

async function text(download: FileDownload | null, range?: { start: number; end: number }): Promise<string> {
  let read = "";
  for await (const piece of download?.read(range) ?? []) read += Buffer.from(piece).toString("latin1");
  return read;
}
const tokenOf = (url: string): string => url.slice("https://mail.example/files/".length);

describe("downloads from a folder", () => {
  test("are opened by the token in the URL, until it expires", async () => {
    const store = await openStore();
    await store.put(KEY, Buffer.from("content"), "text/html");
    const url = await store.downloadUrl(KEY, ABOUT);
    expect(url).toMatch(/^https:\/\/mail\.example\/files\/[A-Za-z0-9._-]+$/);
    const download = await store.open(tokenOf(url), ABOUT.expiresAt - 1);
    expect(download).toMatchObject({ ...ABOUT, sizeBytes: 7 });
    expect(await text(download)).toBe("content");
    expect(await store.open(tokenOf(url), ABOUT.expiresAt)).toBeNull();
  });

  test("read a range, both ends included, across pieces", async () => {
    const store = await openStore();
    const content = Uint8Array.from({ length: 200_000 }, (_, at) => 97 + (at % 26));
    await store.put(KEY, content, "text/plain");
    const download = await store.open(tokenOf(await store.downloadUrl(KEY, ABOUT)), NOW);
    const whole = Buffer.from(content).toString();
    for (const [start, end] of [
      [0, 0],
      [5, 9],
      [65_535, 65_536],
      [1, 199_999],
      [199_999, 199_999],
    ] as const)
      expect(await text(download, { start, end })).toBe(whole.slice(start, end + 1));
    expect(await text(download)).toBe(whole);
  });

  test("that are given up early close the file, and others go on", async () => {
    const store = await openStore();
    await store.put(KEY, new Uint8Array(200_000).fill(97), "text/plain");
    const download = await store.open(tokenOf(await store.downloadUrl(KEY, ABOUT)), NOW);
    for await (const piece of download?.read() ?? []) {
      expect(piece.length).toBeLessThan(200_000);
      break;
    }
    expect((await text(download)).length).toBe(200_000);
  });

  test("are not opened by a token made for something else, or whose blob is gone", async () => {
    const store = await openStore();
    await store.put(KEY, Buffer.from("content"), "text/plain");
    const token = tokenOf(await store.downloadUrl(KEY, ABOUT));
    expect(
      await store.open(await signer.sign("cursor", JSON.stringify([KEY, "a", "b", NOW + 1])), NOW),
    ).toBeNull();
    expect(await store.open("", NOW)).toBeNull();
    await store.delete([KEY]);
    expect(await store.open(token, NOW)).toBeNull();
  });
});

describe("the folder", () => {
  test("holds nothing half-written, and no file outside the place its key gives", async () => {
    const folder = await makeFolder();
    const store = await openStore(folder);
    await store.put(KEY, Buffer.from("a"), "text/plain");
    await store.put(KEY, Buffer.from("b"), "text/plain");
    await store.put("top", Buffer.from("c"), "text/plain");
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(
      files
        .filter((file) => file.isFile())
        .map((file) => join(file.parentPath, file.name).slice(folder.length + 1))
        .toSorted(),
    ).toEqual(["email/019b000/019b0000-0000-7000-8000-000000000001~body", "top/top"]);
  });

  test("is cleared of what a killed process left, not of what another is writing", async () => {
    const folder = await makeFolder();
    await openStore(folder);
    const left = join(folder, ".incoming", "left");
    const fresh = join(folder, ".incoming", "fresh");
    await writeFile(left, "x");
    await writeFile(fresh, "x");
    const twoHoursAgo = Date.now() / 1000 - 7200;
    await utimes(left, twoHoursAgo, twoHoursAgo);
    await openStore(folder);
    expect(await readdir(join(folder, ".incoming"))).toEqual(["fresh"]);
  });

  test("that is gone is an outage of the blobs, not a missing blob when writing", async () => {
    const folder = await makeFolder();
    const store = await openStore(folder);
    await rm(folder, { recursive: true });
    await assert.rejects(store.put(KEY, Buffer.from("x"), "text/plain"), {
      name: "OutageError",
      outage: { service: "blobs", cause: "unavailable", retryAfterSeconds: null },
    });
  });
});
