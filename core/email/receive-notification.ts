// Takes what the provider posted to our hook. Done means durable: a notification is answered as received only after its
// event is in the ledger; whatever fails before is thrown, so that the provider sends it again.
import type { EventStore } from "../ports/event-store.ts";
import type { NotificationReader } from "../ports/notification-reader.ts";
import type { TopicConfirmer } from "../ports/topic-confirmer.ts";
import { err, ok, type Result } from "../result.ts";
import { unsubscribeByMail, type UnsubscribePorts } from "../unsubscribe/unsubscribe.ts";

export type ReceiveNotificationPorts = UnsubscribePorts & {
  readonly notifications: NotificationReader;
  readonly topics: TopicConfirmer;
  readonly events: EventStore;
};

export type NotificationRefused = { readonly kind: "notification_refused"; readonly reason: string };
/** What was done with it, for the log. */
export type NotificationTaken = "recorded" | "confirmed" | "unsubscribed" | "ignored";

export async function receiveNotification(
  ports: ReceiveNotificationPorts,
  body: Uint8Array,
): Promise<Result<NotificationTaken, NotificationRefused>> {
  const read = await ports.notifications.read(body);
  switch (read.kind) {
    case "refused":
      return err({ kind: "notification_refused", reason: read.reason });
    case "ignored":
      return ok("ignored");
    case "confirmation": {
      const confirmed = await ports.topics.confirm(read.topicArn, read.token);
      return confirmed.ok
        ? ok("confirmed")
        : err({ kind: "notification_refused", reason: confirmed.error.reason });
    }
    case "mail_event":
      await ports.events.record(read.event, read.rawJson);
      return ok("recorded");
    case "inbound_mail":
      return ok((await unsubscribeByMail(ports, read.recipients)) > 0 ? "unsubscribed" : "ignored");
  }
}
