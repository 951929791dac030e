// Conversations of forty rounds: we write, they answer, we answer that. However their mail program treats the ids it was
// given, it stays one thread, each mail has the parent it answers, and what we send names the whole conversation.
import assert from "node:assert/strict";
import type { ThreadMessage } from "../support/api-shapes.ts";
import { deliveredMessage, threadingOf } from "../support/delivered-message.ts";
import { inboundList, messageOf, receive, threadOf } from "../support/inbound-mail.ts";
import type { MailSender } from "../support/mail-sender.ts";
import type { Journey, World } from "../support/world.ts";

const ROUNDS = 40;
/** Fewer than there are messages, so that a thread has several pages. */
const PAGE = 30;
/** Root and newest; no mail program shows more. */
const REFERENCES_MAX = 20;

/** What a mail program writes in answer to a mail: its References and its id, each in angle brackets, at the end. */
type MailProgram = (
  ids: readonly string[],
  inReplyTo: string,
  round: number,
) => Readonly<Record<string, string>>;

const ofRegion = (text: string): string =>
  text.replaceAll("@email.amazonses.com", "@eu-west-1.amazonses.com");
/** To the newest, to the oldest, and at both ends within an id. */
const CUTS: readonly ((ids: readonly string[]) => string)[] = [
  (ids) => ids.slice(-2).join(" "),
  (ids) => ids.slice(0, 2).join(" "),
  (ids) => ids.join(" ").slice(9, -9),
];

type Programs = readonly (readonly [what: string, answers: MailProgram])[];

const LOSES: Programs = [
  ["kept", (ids, inReplyTo) => ({ "In-Reply-To": inReplyTo, References: ids.join("\r\n ") })],
  ["stripped", (_, inReplyTo) => ({ "In-Reply-To": inReplyTo })],
  [
    "cut",
    (ids, inReplyTo, round) => ({ "In-Reply-To": inReplyTo, References: CUTS[round % 3]?.(ids) ?? "" }),
  ],
];
const REWRITES: Programs = [
  ["glued, without In-Reply-To", (ids) => ({ References: ids.join("") })],
  [
    "upper-cased, and In-Reply-To",
    (ids, inReplyTo) => ({
      "In-Reply-To": inReplyTo.toUpperCase(),
      References: ids.join(" ").toUpperCase(),
    }),
  ],
  [
    "of another region's domain, and In-Reply-To",
    (ids, inReplyTo) => ({ "In-Reply-To": ofRegion(inReplyTo), References: ofRegion(ids.join(" ")) }),
  ],
];

/** Forty rounds with somebody whose program answers so; each message has its place checked when it is there. */
async function converse(sender: MailSender, answers: MailProgram): Promise<void> {
  const { sandbox } = sender.workspace.world;
  const to = sender.newRecipient();
  const everyId: string[] = [];
  const emailIds: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const answered = emailIds.at(-1);
    const sent = await sender.send({
      to_address: to,
      ...(answered === undefined ? {} : { in_reply_to_id: answered }),
    });
    const threading = threadingOf(await deliveredMessage(sandbox, sent.message_id));
    assert.equal(threading.inReplyTo, everyId.at(-1) ?? null);
    assertNamesConversation(threading.references, everyId);
    emailIds.push(sent.id);
    everyId.push(threading.messageId);
    const messageId = `<${crypto.randomUUID()}@post.example>`;
    const written = answers([...threading.references, threading.messageId], threading.messageId, round);
    const subject = `Re: your appointment, ${round}`;
    const mail = messageOf({ From: `Pat <${to}>`, Subject: subject, "Message-ID": messageId, ...written });
    const reply = await receive(sender, mail);
    assert.deepEqual(
      {
        subject: reply.subject,
        thread: reply.thread_id,
        parent: reply.parent_email_id,
        by: reply.matched_by,
        use_case: reply.ses_use_case_id,
        known: reply.known_sender,
        messageId: reply.message_id,
      },
      {
        subject,
        thread: emailIds[0],
        parent: sent.id,
        by: "In-Reply-To" in written ? "in_reply_to" : "references",
        use_case: sender.useCase.id,
        known: true,
        messageId,
      },
    );
    emailIds.push(reply.id);
    everyId.push(messageId);
  }
  await assertOneThread(sender, emailIds);
}

/** RFC 5322 section 3.6.4: what was before, in its order; of much the first and the newest. */
function assertNamesConversation(references: readonly string[], before: readonly string[]): void {
  const newest = references.length < before.length ? before.slice(1 - references.length) : before.slice(1);
  assert.deepEqual(references, [...before.slice(0, 1), ...newest]);
  assert.ok(references.length >= Math.min(before.length, REFERENCES_MAX / 2), `${references.length} ids`);
  assert.ok(references.length <= REFERENCES_MAX, `${references.length} ids`);
  assert.ok(references.join(" ").length <= 900);
}

/** Every message oldest first, in pages; in turn ours and theirs, each answering the one before. */
async function assertOneThread(sender: MailSender, emailIds: readonly string[]): Promise<void> {
  const [first = ""] = emailIds;
  const messages: ThreadMessage[] = [];
  let token: string | null = null;
  do {
    const query = { limit: PAGE, ...(token === null ? {} : { continuation_token: token }) };
    // Any of its messages names it, also from one page to the next.
    const page = await threadOf(sender, emailIds[0] ?? "", query);
    assert.equal(page.thread_id, first);
    assert.equal(page.has_more, page.continuation_token !== null);
    messages.push(...page.messages);
    token = page.continuation_token;
  } while (token !== null);
  assert.deepEqual(
    messages.map(({ direction, id }) => [direction, id]),
    emailIds.map((id, n) => [n % 2 === 0 ? "outbound" : "inbound", id]),
  );
  assert.deepEqual(
    messages.map((one) => (one.direction === "outbound" ? one.in_reply_to_id : one.parent_email_id)),
    [null, ...emailIds.slice(0, -1)],
  );
  for (const id of [emailIds[1], emailIds[40], emailIds.at(-1)]) {
    const page = await threadOf(sender, id ?? "", { limit: 1 });
    assert.deepEqual([page.thread_id, page.messages[0]?.id], [first, first]);
    const { emails } = await inboundList(sender, { thread_id: id ?? "", limit: 200 });
    assert.deepEqual(
      emails.map((email) => email.id).toReversed(),
      emailIds.filter((_, n) => n % 2 === 1),
    );
  }
  assert.equal((await sender.email(emailIds.at(-2) ?? "")).thread_id, first);
}

/** All at once: each has a setup of its own. */
const converseWith =
  (programs: Programs) =>
  async (world: World): Promise<void> => {
    const conversations = programs.map(async ([what, answers]) => {
      const sender = await (await world.newWorkspace()).sender();
      await converse(sender, answers).catch((fault: unknown) => {
        throw new Error(`References ${what}`, { cause: fault });
      });
    });
    await Promise.all(conversations);
  };

export const journeys: readonly Journey[] = [
  {
    name: "forty rounds are one thread, whether their References are kept, stripped or cut",
    run: converseWith(LOSES),
  },
  {
    name: "forty rounds are one thread, their References glued, upper-cased or of another region's domain",
    run: converseWith(REWRITES),
  },
];
