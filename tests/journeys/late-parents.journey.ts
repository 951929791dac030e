// Mails that arrive before what they answer: another mail that was slower, or one of ours whose id the provider had not told
// us yet. When the parent is there they join it, and their thread's id answers on.
import assert from "node:assert/strict";
import { jsonOf } from "../support/api-client.ts";
import type { InboundDetail } from "../support/api-shapes.ts";
import { newMessageId, shownThread, wireIdOf, write } from "../support/correspondence.ts";
import { deliveredMessage, threadingOf } from "../support/delivered-message.ts";
import { inboundDetail, inboundList } from "../support/inbound-mail.ts";
import type { MailSender } from "../support/mail-sender.ts";
import { siblingOf } from "../support/unsubscribe-links.ts";
import { until } from "../support/until.ts";
import type { Journey, World } from "../support/world.ts";

const newSender = async (world: World): Promise<MailSender> => (await world.newWorkspace()).sender();

const parentOf = async (sender: MailSender, { id }: { readonly id: string }): Promise<string | null> =>
  (await inboundDetail(sender, id)).parent_email_id;

/** Each id names the same thread with the same messages, as a path and as a filter. */
async function assertOneThread(
  sender: MailSender,
  { thread, named, messages }: Record<"named" | "messages", readonly string[]> & { readonly thread: string },
): Promise<void> {
  for (const id of named) {
    assert.deepEqual(await shownThread(sender, id), { id: thread, messages });
    const { emails } = await inboundList(sender, { thread_id: id });
    const received = emails.map((email) => email.id).toReversed();
    assert.deepEqual(
      received,
      messages.filter((message) => received.includes(message)),
    );
    assert.ok(emails.length > 0);
    for (const email of emails) assert.equal(email.thread_id, thread);
  }
}

export const journeys: readonly Journey[] = [
  {
    name: "a conversation that arrives backwards, and with its middle last, is one thread with the right parents",
    async run(world) {
      const sender = await newSender(world);
      const pat = sender.newRecipient();
      const ids = Array.from({ length: 5 }, newMessageId);
      const mails: InboundDetail[] = [];
      // The newest first, the middle one at the end: until then there are two threads.
      const order = [4, 3, 1, 0, 2];
      for (const n of order)
        mails[n] = await write(sender, pat, {
          messageId: ids[n] ?? null,
          ...(n === 0 ? {} : { inReplyTo: ids[n - 1] ?? "" }),
        });
      const at = (n: number): string => mails[n]?.id ?? "";
      for (const n of [0, 1, 2, 3, 4])
        assert.equal(await parentOf(sender, { id: at(n) }), n === 0 ? null : at(n - 1), `mail ${n}`);
      const messages = order.map(at);
      await assertOneThread(sender, { thread: at(4), named: messages, messages });

      // What we answer then names all that was before, though none of them had References.
      const sent = await sender.send({ to_address: pat, in_reply_to_id: at(4) });
      const { inReplyTo, references } = threadingOf(await deliveredMessage(world.sandbox, sent.message_id));
      assert.equal(inReplyTo, ids[4]);
      assert.deepEqual(references, ids);
    },
  },
  {
    name: "two threads become one by the parent they share; both ids answer, the older one stays",
    async run(world) {
      const sender = await newSender(world);
      const { with: pat, root } = { with: sender.newRecipient(), root: newMessageId() };
      const first = await write(sender, pat, { inReplyTo: root });
      const firstAnswer = await sender.send({ to_address: pat, in_reply_to_id: first.id });
      const second = await write(sender, pat, { references: `${root} ${newMessageId()}` });
      const secondAnswer = await sender.send({ to_address: pat, in_reply_to_id: second.id });
      assert.deepEqual((await shownThread(sender, second.id)).messages, [second.id, secondAnswer.id]);
      const parent = await write(sender, pat, { messageId: root });
      const messages = [first.id, firstAnswer.id, second.id, secondAnswer.id, parent.id];
      await assertOneThread(sender, { thread: first.id, named: messages, messages });
      const found = [await inboundDetail(sender, first.id), await inboundDetail(sender, second.id)];
      assert.deepEqual(
        found.map((mail) => [mail.parent_email_id, mail.matched_by]),
        [
          [parent.id, "in_reply_to"],
          [parent.id, "references"],
        ],
      );
      assert.equal((await sender.email(secondAnswer.id)).thread_id, first.id);
    },
  },
  {
    name: "a late parent takes no children of another use case, and none out of a thread that others are in",
    async run(world) {
      const sender = await newSender(world);
      const other = await siblingOf(sender);
      const pat = sender.newRecipient();
      const root = newMessageId();
      const own = await write(sender, pat, { inReplyTo: root });
      const othersUseCase = await write(other, pat, { inReplyTo: root });
      const forNone = await write(
        sender,
        pat,
        { inReplyTo: root },
        { rcpt: `info@${sender.setup.domain_identity}` },
      );
      const shared = await write(sender, pat, { inReplyTo: root });
      const colleague = sender.newRecipient();
      await sender.send({ to_address: colleague, in_reply_to_id: shared.id });
      const parent = await write(sender, pat, { messageId: root });
      await assertOneThread(sender, {
        thread: own.id,
        named: [own.id, parent.id],
        messages: [own.id, parent.id],
      });
      for (const one of [othersUseCase, forNone, shared]) {
        const mail = await inboundDetail(sender, one.id);
        assert.deepEqual([mail.thread_id, mail.parent_email_id], [one.id, null]);
      }
    },
  },
  {
    name: "an answer that is faster than the provider's own joins our mail when its id is known, with all after it",
    async run(world) {
      const { sandbox } = world;
      const sender = await newSender(world);
      const pat = sender.newRecipient();
      const question = await write(sender, pat);
      // The provider takes the mail, and neither its answer nor its events come through.
      const fail = { operation: "SendEmail", status: 500, after_accept: true };
      const { unknown, mail } = await sandbox.withFaults({ ses: { fail }, sns: { drop: true } }, async () => {
        const answer = await sender.post({ to_address: pat, in_reply_to_id: question.id });
        assert.equal(answer.status, 504, answer.text);
        const delivered = await sandbox.onlyMail(pat);
        await sandbox.settled();
        return { unknown: answer, mail: delivered };
      });
      const { id: sentId } = jsonOf<{ readonly id: string }>(unknown);
      const reply = await write(sender, pat, { inReplyTo: wireIdOf({ message_id: mail.id }) });
      assert.deepEqual(
        [reply.thread_id, reply.parent_email_id, reply.matched_by],
        [reply.id, null, "recipient"],
      );
      const more = await write(sender, pat, { inReplyTo: reply.message_id ?? "" });
      assert.equal(more.thread_id, reply.id);

      // An event tells it; the background work does the rest.
      await sandbox.event(mail.id, { type: "open" });
      await sandbox.settled();
      const ticked = async (): Promise<string | null> => {
        await world.operator.expect(200, "POST", "/v1/operator/tick");
        return parentOf(sender, reply);
      };
      await until("the answer has found its parent", ticked, (parent) => parent !== null);
      const messages = [question.id, sentId, reply.id, more.id];
      await assertOneThread(sender, { thread: question.id, named: messages, messages });
      assert.equal(await parentOf(sender, reply), sentId);
      assert.equal((await inboundDetail(sender, reply.id)).matched_by, "in_reply_to");

      const sent = await sender.send({ to_address: pat, in_reply_to_id: more.id });
      const { references } = threadingOf(await deliveredMessage(sandbox, sent.message_id));
      const before = [
        question.message_id,
        wireIdOf({ message_id: mail.id }),
        reply.message_id,
        more.message_id,
      ];
      assert.deepEqual(references, before);
    },
  },
];
