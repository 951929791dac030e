// The bucket SES lays arriving mail into, read by signed fetch. S3 API: GetObject, ListObjectsV2. S3 answers 403 instead
// of 404 to whoever may not list the bucket, so that permission is needed to tell a missing mail from a forbidden one.
import type { ObjectPlace } from "../../core/inbound/arrival.ts";
import { STORED_BYTES_MAX } from "../../core/inbound/parsed-message.ts";
import type { InboundMailbox, ListedObject, ListedObjects } from "../../core/ports/inbound-mailbox.ts";
import type { AwsSettings } from "../aws/settings.ts";
import type { SignedFetch } from "../aws/signed-fetch.ts";
import { parseAwsTime } from "../aws/time.ts";
import { xmlElement, xmlElements } from "../aws/xml.ts";
import type { BoundedAnswer } from "../system/bounded-fetch.ts";
import { callS3, encodeS3, isNoSuchKey, type S3Call, s3Outage, s3Url } from "./s3-call.ts";

export type S3InboundMailboxSettings = Pick<AwsSettings, "endpoints"> & {
  /** Null when nobody said where mail is laid: each notification does. */
  readonly inboundStore: { readonly bucket: string; readonly prefix: string } | null;
};

/** S3: "up to 1,000 keys". */
const LISTED_MAX = 1000;
/** A key has 1,024 octets at most, SES's are below 100; the rest of an entry is some 300. */
const LIST_BYTES_MAX = 4 * 1024 * 1024;
const SIZE = /^\d{1,15}$/;

export function makeS3InboundMailbox(
  signedFetch: SignedFetch,
  { endpoints, inboundStore }: S3InboundMailboxSettings,
): InboundMailbox {
  return {
    async get({ bucket, key }: ObjectPlace) {
      const call: S3Call = {
        method: "GET",
        url: s3Url(endpoints.s3, bucket, key),
        answerBytesMax: STORED_BYTES_MAX,
      };
      const answer = await callS3(signedFetch, call);
      if (!answer.ok) {
        if (answer.error.kind === "too_large") return "too_large";
        throw s3Outage("inbound", call, answer.error);
      }
      if (answer.value.status === 200) return answer.value.body;
      if (isNoSuchKey(answer.value)) return null;
      throw s3Outage("inbound", call, answer.value);
    },

    async list(afterKeyIn) {
      if (inboundStore === null) return null;
      const { bucket, prefix } = inboundStore;
      const afterKey = await afterKeyIn(bucket);
      const query = {
        "list-type": "2",
        "max-keys": String(LISTED_MAX),
        ...(prefix === "" ? {} : { prefix: `${prefix}/` }),
        ...(afterKey === null ? {} : { "start-after": afterKey }),
      };
      const search = Object.entries(query).map(([name, value]) => `${name}=${encodeS3(value)}`);
      const call: S3Call = {
        method: "GET",
        url: `${s3Url(endpoints.s3, bucket, "")}?${search.join("&")}`,
        answerBytesMax: LIST_BYTES_MAX,
      };
      const answer = await callS3(signedFetch, call);
      if (!answer.ok) throw s3Outage("inbound", call, answer.error);
      const page = answer.value.status === 200 ? readPage(bucket, answer.value) : null;
      // A 200 that is no listing is a proxy's page: nothing about the bucket.
      if (page === null) throw s3Outage("inbound", call, answer.value);
      return page;
    },
  };
}

/** Null when it is no listing, or one with an entry that cannot be read: skipping it would pass over a mail. */
function readPage(bucket: string, { body }: BoundedAnswer): ListedObjects | null {
  const xml = new TextDecoder().decode(body);
  const isTruncated = xmlElement(xml, "IsTruncated");
  if (isTruncated !== "true" && isTruncated !== "false") return null;
  const objects: ListedObject[] = [];
  for (const entry of xmlElements(xml, "Contents", LISTED_MAX + 1)) {
    const key = xmlElement(entry, "Key");
    const size = xmlElement(entry, "Size");
    const modifiedAt = parseAwsTime(xmlElement(entry, "LastModified"));
    if (key === null || key === "" || size === null || !SIZE.test(size) || modifiedAt === null) return null;
    objects.push({ key, sizeBytes: Number(size), modifiedAt });
  }
  // More to come after nothing would be asked for without end.
  if (objects.length > LISTED_MAX || (isTruncated === "true" && objects.length === 0)) return null;
  return { bucket, objects, isEnd: isTruncated === "false" };
}
