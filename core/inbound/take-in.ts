// A mail has arrived for us, as a notification or the bucket itself told. Addresses with an unsubscribe token are for that
// alone, whatever the mail says and whoever sent it; for the others it is noted, with the task that fetches it.
import type { IdSource } from "../ports/id-source.ts";
import type { InboundStore } from "../ports/inbound-store.ts";
import { unsubscribeByMail, type UnsubscribePorts } from "../unsubscribe/unsubscribe.ts";
import type { Arrival, ArrivalSource, ReceivedMail } from "./arrival.ts";

export type TakeInPorts = UnsubscribePorts & {
  readonly inbound: Pick<InboundStore, "recordArrival">;
  readonly ids: IdSource;
};

/** Durable when it answers; taking the same in again changes nothing. Noted even for nobody: then its place is known. */
export async function takeIn(
  ports: TakeInPorts,
  mail: ReceivedMail,
  source: ArrivalSource,
): Promise<{ readonly arrival: Arrival; readonly unsubscribed: number }> {
  const unsubscribing = await unsubscribeByMail(ports, mail.recipients);
  const arrival = {
    ...mail,
    id: ports.ids.newId(),
    source,
    recipients: mail.recipients.filter((recipient) => !unsubscribing.includes(recipient)),
  };
  await ports.inbound.recordArrival(arrival);
  return { arrival, unsubscribed: unsubscribing.length };
}
