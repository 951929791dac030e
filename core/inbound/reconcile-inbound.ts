// The task that compares the provider's bucket with what is known: a notification that was lost costs an hour, not a mail.
// One pass over all keys goes on where the last share ended, then rests.
import type { ArrivalReader } from "../ports/arrival-reader.ts";
import type { Clock } from "../ports/clock.ts";
import type { InboundMailbox, ListedObject } from "../ports/inbound-mailbox.ts";
import type { InboundStore } from "../ports/inbound-store.ts";
import type { TaskEnd } from "../tasks/carry-out.ts";
import type { ReceivedMail } from "./arrival.ts";
import { takeIn, type TakeInPorts } from "./take-in.ts";

export type ReconcileInboundPorts = TakeInPorts & {
  readonly inbound: InboundStore;
  readonly inboundMailbox: InboundMailbox;
  readonly arrivalReader: ArrivalReader;
  readonly clock: Clock;
};

const RECONCILE_MS = 60 * 60 * 1000;
/** A share of a tick: 20,000 keys, of which hardly one is unknown. */
const PAGES_MAX = 20;
/** Each costs a download. */
const UNKNOWN_MAX = 100;
/** SNS repeats for up to an hour and does not need us for the first minutes. */
const SETTLING_MS = 5 * 60 * 1000;
/** What was deleted here on request must not come back from an old bucket. */
const AGE_MAX_MS = 14 * 24 * 60 * 60 * 1000;
/** What SES writes to try whether it may. */
const SETUP_OBJECT = /(?:^|\/)AMAZON_SES_SETUP_NOTIFICATION$/;

export async function reconcileInbound(ports: ReconcileInboundPorts): Promise<TaskEnd> {
  const { inbound, inboundMailbox, clock } = ports;
  const rest: TaskEnd = { kind: "again", at: clock.now() + RECONCILE_MS };
  let taken = 0;
  for (let pages = 0; pages < PAGES_MAX && taken < UNKNOWN_MAX; pages += 1) {
    const page = await inboundMailbox.list((bucket) => inbound.reconciledTo(bucket));
    if (page === null) return rest;
    const mails = page.objects.filter((object) => isMail(object, clock.now()));
    const unknown = await inbound.unknownPlaces(
      page.bucket,
      mails.map(({ key }) => key),
    );
    const found = mails.filter(({ key }) => unknown.includes(key));
    const share = found.slice(0, UNKNOWN_MAX - taken);
    for (const object of share) await takeFound(ports, page.bucket, object);
    taken += share.length;
    const isWhole = share.length === found.length;
    const isEnd = isWhole && page.isEnd;
    const last = isWhole ? page.objects.at(-1) : share.at(-1);
    await inbound.recordReconciled(page.bucket, isEnd ? null : (last?.key ?? null));
    if (isEnd) return rest;
  }
  return { kind: "again", at: clock.now() };
}

/** One that cannot be read now must not hold up those behind it for ever: this pass goes on there, the next comes by again. */
async function takeFound(ports: ReconcileInboundPorts, bucket: string, object: ListedObject): Promise<void> {
  try {
    await takeIn(ports, await readArrival(ports, bucket, object), "bucket");
  } catch (fault) {
    await ports.inbound.recordReconciled(bucket, object.key);
    throw fault;
  }
}

const isMail = ({ key, modifiedAt }: ListedObject, now: number): boolean =>
  modifiedAt <= now - SETTLING_MS && modifiedAt > now - AGE_MAX_MS && !SETUP_OBJECT.test(key);

/** One that does not say whom it is for is noted for nobody, so that it is not fetched each hour. */
async function readArrival(
  { inboundMailbox, arrivalReader }: ReconcileInboundPorts,
  bucket: string,
  { key, modifiedAt }: ListedObject,
): Promise<ReceivedMail> {
  const place = { bucket, key };
  const raw = await inboundMailbox.get(place);
  const read = raw === null || raw === "too_large" ? null : arrivalReader.read(raw, place, modifiedAt);
  return read ?? forNobody(place, modifiedAt);
}

const forNobody = (place: ReceivedMail["place"], receivedAt: number): ReceivedMail => ({
  providerMessageId: place.key.slice(place.key.lastIndexOf("/") + 1),
  place,
  recipients: [],
  envelopeFrom: null,
  receivedAt,
  verdicts: { spam: null, virus: null, spf: null, dkim: null, dmarc: null },
  fields: { fromAddress: null, fromName: null, subject: "", messageId: null, inReplyTo: [], references: [] },
});
