// The provider's bucket and our own contents as maps, with nothing between.
import type { ObjectPlace } from "../../core/inbound/arrival.ts";
import { STORED_BYTES_MAX } from "../../core/inbound/parsed-message.ts";
import type { BlobDownload, BlobStore } from "../../core/ports/blob-store.ts";
import type { InboundMailbox, ListedObjects } from "../../core/ports/inbound-mailbox.ts";

export const INBOUND_BUCKET = "inbound";
const LISTED_MAX = 1000;

export class FakeInboundMailbox implements InboundMailbox {
  private readonly objects = new Map<string, { octets: Uint8Array; modifiedAt: number }>();

  put(key: string, octets: Uint8Array, modifiedAt: number): ObjectPlace {
    this.objects.set(key, { octets, modifiedAt });
    return { bucket: INBOUND_BUCKET, key };
  }

  remove(key: string): void {
    this.objects.delete(key);
  }

  get({ bucket, key }: ObjectPlace): Promise<Uint8Array | "too_large" | null> {
    const octets = bucket === INBOUND_BUCKET ? this.objects.get(key)?.octets : undefined;
    if (octets === undefined) return Promise.resolve(null);
    return Promise.resolve(octets.length > STORED_BYTES_MAX ? "too_large" : octets);
  }

  async list(afterKeyIn: (bucket: string) => Promise<string | null>): Promise<ListedObjects> {
    const afterKey = (await afterKeyIn(INBOUND_BUCKET)) ?? "";
    const later = [...this.objects.entries()]
      .filter(([key]) => key > afterKey)
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
    const objects = later
      .slice(0, LISTED_MAX)
      .map(([key, { octets, modifiedAt }]) => ({ key, sizeBytes: octets.length, modifiedAt }));
    return { bucket: INBOUND_BUCKET, objects, isEnd: objects.length === later.length };
  }
}

export class FakeBlobStore implements BlobStore {
  readonly blobs = new Map<string, Uint8Array>();

  put(key: string, content: Uint8Array): Promise<void> {
    this.blobs.set(key, content.slice());
    return Promise.resolve();
  }
  get(key: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.blobs.get(key) ?? null);
  }
  delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.blobs.delete(key);
    return Promise.resolve();
  }
  downloadUrl(key: string, { fileName, contentType }: BlobDownload): Promise<string> {
    return Promise.resolve(
      `https://files.example/${key}?name=${encodeURIComponent(fileName)}&type=${contentType}`,
    );
  }
}
