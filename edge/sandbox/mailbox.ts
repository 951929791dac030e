// The messages SES took, with their octets, and the mailboxes of those who got them. The oldest go when there are too
// many or too much; events about them can then no longer be made.
import type { MailboxRecord, Records, SentMessageRecord } from "./records.ts";
import type { Store } from "./store.ts";

const MESSAGES_MAX = 20_000;
/** Of octets kept on disk, all messages together. */
const OCTETS_MAX = 1_073_741_824;

export type MailboxItem = { readonly item: MailboxRecord; readonly message: SentMessageRecord };

export type Mailbox = {
  /** Keeps a message and puts it into the mailboxes of those recipients that got it. */
  deliver(message: SentMessageRecord, octets: readonly Uint8Array[], recipients: readonly string[]): void;
  /** What one address got, or everybody; oldest first. */
  list(to: string | undefined): readonly MailboxRecord[];
  get(id: string): MailboxItem | null;
  /** The message as the recipient's server got it. */
  raw(message: SentMessageRecord): Uint8Array<ArrayBuffer>;
};

const blobKey = (messageId: string): string => `mail/${messageId}`;
/** The first recipient's item is named as the message. */
const itemId = (messageId: string, index: number): string =>
  index === 0 ? messageId : `${messageId}.${index}`;

export function makeMailbox(store: Store, records: Records): Mailbox {
  const { mailbox, sentMessages } = records;
  let count = sentMessages.count();
  let octetsKept = sentMessages.list().reduce((sum, one) => sum + one.sizeBytes, 0);
  const dropOldest = (): void => {
    const oldest = sentMessages.oldest();
    if (oldest === null) return;
    for (const index of oldest.destination.keys()) mailbox.delete(itemId(oldest.messageId, index));
    sentMessages.delete(oldest.messageId);
    store.deleteBlob(blobKey(oldest.messageId));
    count -= 1;
    octetsKept -= oldest.sizeBytes;
  };
  return {
    deliver(message, octets, recipients) {
      const { messageId, subject, source: from, acceptedAt: receivedAt } = message;
      store.writeBlob(blobKey(messageId), octets);
      sentMessages.put(messageId, message);
      for (const [index, to] of recipients.entries()) {
        const id = itemId(messageId, index);
        mailbox.put(id, { id, messageId, to, from, subject, receivedAt }, to.toLowerCase());
      }
      count += 1;
      octetsKept += message.sizeBytes;
      while (count > MESSAGES_MAX || octetsKept > OCTETS_MAX) dropOldest();
    },
    list: (to) => mailbox.list(to === undefined ? {} : { label: to.toLowerCase() }),
    get(id) {
      const item = mailbox.get(id);
      const message = item === null ? null : sentMessages.get(item.messageId);
      return item === null || message === null ? null : { item, message };
    },
    raw: (message) => store.readBlob(blobKey(message.messageId), 0, message.sizeBytes),
  };
}
