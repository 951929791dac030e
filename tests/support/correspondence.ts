// What people write to a sender, by the ids that their mails bear and cite.
import type { InboundDetail, SentEmail, ThreadBody } from "./api-shapes.ts";
import { type Arriving, messageOf, receive, threadOf } from "./inbound-mail.ts";
import type { MailSender } from "./mail-sender.ts";

/** The id that a sent mail bears where the sandbox's SES is. */
export const wireIdOf = ({ message_id: id }: Pick<SentEmail, "message_id">): string =>
  `<${id}@email.amazonses.com>`;

/** One that no other mail bears. */
export const newMessageId = (): string => `<${crypto.randomUUID()}@post.example>`;

/** Ids in angle brackets, as the fields have them; without an id of its own it gets one, null leaves it out. */
export type Cites = {
  readonly messageId?: string | null;
  readonly inReplyTo?: string;
  readonly references?: string;
  /** Further fields. */
  readonly fields?: Readonly<Record<string, string>>;
};

/** Somebody's mail arrives, by default where the use case sends from. */
export function write(
  sender: MailSender,
  from: string,
  { messageId = newMessageId(), inReplyTo, references, fields }: Cites = {},
  arriving: Arriving = {},
): Promise<InboundDetail> {
  const written = { "Message-ID": messageId, "In-Reply-To": inReplyTo, References: references };
  const cited = Object.entries(written).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, value]],
  );
  const mail = messageOf({ From: from, Subject: "A question", ...Object.fromEntries(cited), ...fields });
  return receive(sender, mail, arriving);
}

/** Which messages are in the thread of this one, oldest first, and by which id it is called. */
export async function shownThread(
  sender: MailSender,
  id: string,
): Promise<{ readonly id: ThreadBody["thread_id"]; readonly messages: readonly string[] }> {
  const { thread_id, messages } = await threadOf(sender, id, { limit: 200 });
  return { id: thread_id, messages: messages.map((message) => message.id) };
}
