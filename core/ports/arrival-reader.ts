import type { ObjectPlace, ReceivedMail } from "../inbound/arrival.ts";

/**
 * Reads what the provider itself wrote on top of a message it took in.
 *
 * - `read` is for one that no notification told of. Null when the octets do not begin with that, or its id is not the
 *   object's.
 * - `withoutProviderHeader` answers the message octet for octet as it was sent, a view of `raw`; all of `raw` where `read`
 *   would answer null.
 */
export type ArrivalReader = {
  read(raw: Uint8Array, place: ObjectPlace, modifiedAt: number): ReceivedMail | null;
  withoutProviderHeader(raw: Uint8Array, place: ObjectPlace): Uint8Array;
};
