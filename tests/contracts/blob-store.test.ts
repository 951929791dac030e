import { afterAll, describe, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSignedFetch } from "../../adapters/aws/signed-fetch.ts";
import { openFileBlobStore } from "../../adapters/files/blob-store.ts";
import { makeS3BlobStore } from "../../adapters/s3/blob-store.ts";
import { systemClock } from "../../adapters/system/clock.ts";
import { makeTokenSigner } from "../../adapters/webcrypto/token-signer.ts";
import { contentDisposition } from "../../core/email/content-disposition.ts";
import type { BlobStore } from "../../core/ports/blob-store.ts";
import { SANDBOX_CREDENTIALS, SANDBOX_REGION, sandboxEndpoints } from "../../edge/sandbox/endpoints.ts";
import { startSandbox } from "../support/sandbox.ts";
import { blobStoreCases, type Downloaded } from "./blob-store.contract.ts";

type Place = { readonly store: BlobStore; download(url: string): Promise<Downloaded> };

function runCases(implementation: string, open: () => Promise<Place>): void {
  describe(`blob store: ${implementation}`, () => {
    for (const { name, run } of blobStoreCases)
      test(name, async () => {
        const { store, download } = await open();
        await run(store, download);
      });
  });
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

runCases("a local folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "postrider-blobs-"));
  folders.push(folder);
  const signer = makeTokenSigner([{ id: "k", secret: crypto.getRandomValues(new Uint8Array(32)) }]);
  const store = await openFileBlobStore({ folder, publicUrl: "https://mail.example" }, signer);
  return {
    store,
    // What the route under /files does with what the store opens.
    async download(url) {
      const found = await store.open(url.replace("https://mail.example/files/", ""), Date.now());
      if (!found) return { status: 404, octets: new Uint8Array(), contentType: null, disposition: null };
      const octets = Buffer.concat(await Array.fromAsync(found.read()));
      const disposition = contentDisposition(found.fileName, "attachment");
      return { status: 200, octets, contentType: found.contentType, disposition };
    },
  };
});

const s3Endpoint = sandboxEndpoints((await startSandbox()).url).s3;
let buckets = 0;

runCases("S3", async () => {
  const signedFetch = makeSignedFetch({ region: SANDBOX_REGION, credentials: SANDBOX_CREDENTIALS });
  const settings = { endpoint: s3Endpoint, bucket: `contract-${++buckets}`, prefix: "mail" };
  return {
    store: makeS3BlobStore(signedFetch, systemClock, settings),
    async download(url) {
      const response = await fetch(url);
      return {
        status: response.status,
        octets: new Uint8Array(await response.arrayBuffer()),
        contentType: response.headers.get("content-type"),
        disposition: response.headers.get("content-disposition"),
      };
    },
  };
});
