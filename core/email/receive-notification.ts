// Takes what the provider posted to our hook. Done means durable: a notification is answered as received only after its
// event is in the ledger; whatever fails before is thrown, so that the provider sends it again. What tells against the sender
// is reviewed at once where the runtime allows; elsewhere, and if that fails, by the next tick.
import type { LedgerEventType } from "./email-state.ts";
import type { Background } from "../ports/background.ts";
import type { EventStore } from "../ports/event-store.ts";
import type { NotificationReader } from "../ports/notification-reader.ts";
import type { Slots } from "../ports/slots.ts";
import type { SharedWork } from "../ports/shared-work.ts";
import type { TopicConfirmer } from "../ports/topic-confirmer.ts";
import { err, ok, type Result } from "../result.ts";
import { receiveNow } from "../inbound/receive-inbound.ts";
import { takeIn, type TakeInPorts } from "../inbound/take-in.ts";
import { tick, type TickPorts } from "../tasks/tick.ts";

export type ReceiveNotificationPorts = TakeInPorts &
  TickPorts & {
    readonly background: Background;
    readonly sharedWork: SharedWork;
    readonly receivingSlots: Slots;
    readonly notifications: NotificationReader;
    readonly topics: TopicConfirmer;
    readonly events: EventStore;
  };

export type NotificationRefused = { readonly kind: "notification_refused"; readonly reason: string };
/** What was done with it. */
export type NotificationTaken =
  | { readonly kind: "recorded" | "confirmed" | "taken_in" | "unsubscribed" }
  | { readonly kind: "ignored"; readonly reason: string };

export async function receiveNotification(
  ports: ReceiveNotificationPorts,
  body: Uint8Array,
): Promise<Result<NotificationTaken, NotificationRefused>> {
  const read = await ports.notifications.read(body);
  switch (read.kind) {
    case "refused":
      return err({ kind: "notification_refused", reason: read.reason });
    case "ignored":
      return ok(read);
    case "confirmation": {
      const confirmed = await ports.topics.confirm(read.topicArn, read.token);
      return confirmed.ok
        ? ok({ kind: "confirmed" })
        : err({ kind: "notification_refused", reason: confirmed.error.reason });
    }
    case "mail_event":
      await ports.events.record(read.event, read.rawJson);
      if (TROUBLE.has(read.event.type)) ports.background.after(reviewNow(ports));
      return ok({ kind: "recorded" });
    case "inbound_mail": {
      const { arrival, unsubscribed } = await takeIn(ports, read.mail, "notification");
      if (arrival.recipients.length === 0)
        return ok(
          unsubscribed > 0 ? { kind: "unsubscribed" } : { kind: "ignored", reason: "a mail for nobody" },
        );
      // Soon, not when the next tick comes; it must not hold up the answer, and the task stays if it fails.
      ports.background.after(receiveNow(ports, arrival).catch(() => undefined));
      return ok({ kind: "taken_in" });
    }
  }
}

/** What wakes the review of its use case (see EventStore). */
const TROUBLE: ReadonlySet<LedgerEventType> = new Set(["Bounce", "Complaint"]);

/** The woken reviews, with what else is due: one run at a time and one after it, however many such events come at once. */
const reviewNow = (ports: ReceiveNotificationPorts): Promise<unknown> =>
  ports.sharedWork.shareNext("tick", () => tick(ports, { at: null })).catch(() => undefined);
