import type { ObjectPlace } from "../inbound/arrival.ts";

export type ListedObject = { readonly key: string; readonly sizeBytes: number; readonly modifiedAt: number };

export type ListedObjects = {
  readonly bucket: string;
  readonly objects: readonly ListedObject[];
  readonly isEnd: boolean;
};

/**
 * The bucket that the provider lays arriving mail into. Nothing is ever written or deleted there.
 *
 * - `get` answers the octets, null when there is no such object, `too_large`, unread, above STORED_BYTES_MAX.
 * - `list` answers at most 1,000 objects of the configured place in the order of their keys, after the key that
 *   `afterKeyIn` answers for its bucket (null: from the first); null when no place is configured.
 * - Both throw OutageError (`inbound`) when the bucket does not answer or refuses.
 */
export type InboundMailbox = {
  get(place: ObjectPlace): Promise<Uint8Array | "too_large" | null>;
  list(afterKeyIn: (bucket: string) => Promise<string | null>): Promise<ListedObjects | null>;
};
