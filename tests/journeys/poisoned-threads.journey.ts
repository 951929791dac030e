// Ids are no secrets: whoever knows some cites them. A stranger gets into one thread at most and is shown as one, makes no
// two of them one, and learns nothing of another workspace or setup; mails that cite each other in circles come to an end.
import assert from "node:assert/strict";
import type { InboundDetail, SentEmail } from "../support/api-shapes.ts";
import { newMessageId, shownThread, wireIdOf, write } from "../support/correspondence.ts";
import { deliveredMessage, threadingOf } from "../support/delivered-message.ts";
import { arrive, inboundDetail, inboundList, messageOf, received } from "../support/inbound-mail.ts";
import { makeMailSender, type MailSender } from "../support/mail-sender.ts";
import type { Journey, World } from "../support/world.ts";

type Conversation = { readonly with: string; readonly sent: SentEmail; readonly answer: InboundDetail };

/** A mail of ours, and its recipient's answer. */
async function conversation(sender: MailSender): Promise<Conversation> {
  const to = sender.newRecipient();
  const sent = await sender.send({ to_address: to });
  return { with: to, sent, answer: await write(sender, to, { inReplyTo: wireIdOf(sent) }) };
}

const newSender = async (world: World): Promise<MailSender> => (await world.newWorkspace()).sender();

/** What decides where a mail is filed. */
const placeOf = (mail: InboundDetail) => ({
  thread: mail.thread_id,
  parent: mail.parent_email_id,
  by: mail.matched_by,
  useCase: mail.ses_use_case_id,
  known: mail.known_sender,
});

/** Of a mail that answers nothing here and was written to the use case's sender. */
const alone = (mail: InboundDetail, sender: MailSender | null) => ({
  thread: mail.id,
  parent: null,
  by: sender === null ? "none" : "recipient",
  useCase: sender?.useCase.id ?? null,
  known: true,
});

export const journeys: readonly Journey[] = [
  {
    name: "a stranger who cites two people's mails joins one thread, makes them no one, and is shown as a stranger",
    async run(world) {
      const sender = await newSender(world);
      const pat = await conversation(sender);
      const sam = await conversation(sender);
      const stranger = `${world.unique("mallory")}@elsewhere.example`;
      const mail = await write(sender, stranger, {
        inReplyTo: wireIdOf(pat.sent),
        references: [wireIdOf(sam.sent), sam.answer.message_id, pat.answer.message_id].join(" "),
      });
      const patsThread = { thread: pat.sent.id, by: "in_reply_to", useCase: sender.useCase.id };
      assert.deepEqual(placeOf(mail), { ...patsThread, parent: pat.sent.id, known: false });
      // He stays one, however often he writes and whomever he cites.
      const more = await write(sender, stranger, {
        inReplyTo: `${mail.message_id} ${sam.answer.message_id}`,
        references: wireIdOf(sam.sent),
      });
      assert.deepEqual(placeOf(more), { ...patsThread, parent: mail.id, known: false });
      // Nor do Pat's own citations of Sam's mail bring the two together.
      const pats = await write(sender, pat.with, {
        inReplyTo: pat.answer.message_id ?? "",
        references: `${wireIdOf(sam.sent)} ${sam.answer.message_id}`,
      });
      assert.deepEqual(placeOf(pats), { ...patsThread, parent: pat.answer.id, known: true });

      const ours = [pat.sent.id, pat.answer.id, mail.id, more.id, pats.id];
      assert.deepEqual(await shownThread(sender, pats.id), { id: pat.sent.id, messages: ours });
      const sams = { id: sam.sent.id, messages: [sam.sent.id, sam.answer.id] };
      assert.deepEqual(await shownThread(sender, sam.answer.id), sams);

      // Once we have written to him there he takes part.
      await sender.send({ to_address: stranger, in_reply_to_id: more.id });
      const again = await write(sender, stranger, { inReplyTo: more.message_id ?? "" });
      assert.deepEqual(placeOf(again), { ...patsThread, parent: more.id, known: true });
    },
  },
  {
    name: "a mail that others wait for makes no one's threads one but its own sender's",
    async run(world) {
      const sender = await newSender(world);
      const [pat, sam] = [sender.newRecipient(), sender.newRecipient()];
      const stranger = `${world.unique("mallory")}@elsewhere.example`;
      const awaited = newMessageId();
      const first = await write(sender, pat, { inReplyTo: awaited });
      const sams = await write(sender, sam, { inReplyTo: awaited });
      // The stranger bears the id both wait for: neither becomes his child.
      const mail = await write(sender, stranger, { messageId: awaited });
      assert.deepEqual(placeOf(mail), alone(mail, sender));
      for (const one of [first, sams])
        assert.deepEqual(placeOf(await inboundDetail(sender, one.id)), alone(one, sender));
      // Pat's own mail of that id is what hers waited for.
      const pats = await write(sender, pat, { messageId: awaited });
      assert.deepEqual(placeOf(pats), { ...alone(first, sender), thread: first.id });
      assert.deepEqual(placeOf(await inboundDetail(sender, first.id)), {
        ...alone(first, sender),
        parent: pats.id,
        by: "in_reply_to",
      });
      assert.deepEqual(placeOf(await inboundDetail(sender, sams.id)), alone(sams, sender));
      // Of two mails with one id an answer is to the sender's own, and somebody else's to the one that came first.
      const toOwn = await write(sender, pat, { inReplyTo: awaited });
      assert.equal(toOwn.parent_email_id, pats.id);
      const toFirst = await write(sender, sam, { inReplyTo: awaited });
      assert.deepEqual([toFirst.parent_email_id, toFirst.known_sender], [mail.id, false]);
    },
  },
  {
    name: "another setup's and another workspace's ids resolve to nothing",
    async run(world) {
      const sender = await newSender(world);
      const { workspace } = sender;
      const elsewhere = await workspace.verifiedSetup();
      const neighbours = [
        makeMailSender(workspace, elsewhere, await workspace.useCase(elsewhere)),
        await newSender(world),
      ];
      for (const neighbour of neighbours) {
        const { with: pat, sent, answer } = await conversation(neighbour);
        const theirs = {
          inReplyTo: wireIdOf(sent),
          references: `${answer.message_id} ${wireIdOf(sent)}`,
        };
        const mail = await write(sender, pat, theirs);
        assert.deepEqual(placeOf(mail), alone(mail, sender));
        const other = await write(sender, pat, theirs, { rcpt: `nobody@${sender.setup.domain_identity}` });
        assert.deepEqual(placeOf(other), alone(other, null));
        // They are kept as they were written, all the same.
        assert.deepEqual([mail.in_reply_to, mail.references.length], [wireIdOf(sent), 2]);
        const thread = { id: sent.id, messages: [sent.id, answer.id] };
        assert.deepEqual(await shownThread(neighbour, answer.id), thread);
        assert.deepEqual(await shownThread(sender, mail.id), { id: mail.id, messages: [mail.id] });
      }
    },
  },
  {
    name: "one mail for two setups is filed in each, beside what it answers there",
    async run(world) {
      const sender = await newSender(world);
      const { workspace } = sender;
      const setup = await workspace.verifiedSetup();
      const other = makeMailSender(workspace, setup, await workspace.useCase(setup));
      const pat = sender.newRecipient();
      const sent = await sender.send({ to_address: pat });
      const othersSent = await other.send({ to_address: pat });
      const mail = messageOf({
        From: pat,
        Subject: "To both of you",
        "Message-ID": newMessageId(),
        "In-Reply-To": wireIdOf(sent),
        References: `${wireIdOf(othersSent)} ${wireIdOf(sent)}`,
      });
      const recipients = [sender, other].map(({ useCase }) => useCase.sender_email_address);
      await arrive(sender, mail, { rcpt: recipients });
      for (const [one, parent, by] of [
        [sender, sent, "in_reply_to"],
        [other, othersSent, "references"],
      ] as const) {
        const [filed] = await received(one, 1);
        assert.deepEqual(
          [filed?.thread_id, filed?.parent_email_id, filed?.matched_by, filed?.to_addresses],
          [parent.id, parent.id, by, [one.useCase.sender_email_address]],
        );
      }
    },
  },
  {
    name: "mails that cite each other, or themselves, come to an end, and are answered",
    async run(world) {
      const sender = await newSender(world);
      const { sandbox } = world;
      const pat = sender.newRecipient();
      const [one, two, three] = [newMessageId(), newMessageId(), newMessageId()];
      const first = await write(sender, pat, {
        messageId: one,
        inReplyTo: three,
        references: `${two} ${three}`,
      });
      const second = await write(sender, pat, {
        messageId: two,
        inReplyTo: one,
        references: `${two} ${one}`,
      });
      const third = await write(sender, pat, { messageId: three, inReplyTo: two, references: three });
      const self = await write(sender, pat, { messageId: newMessageId(), inReplyTo: third.message_id ?? "" });
      assert.deepEqual(await shownThread(sender, third.id), {
        id: first.id,
        messages: [first.id, second.id, third.id, self.id],
      });
      const parents = [];
      for (const { id } of [first, second, third, self])
        parents.push((await inboundDetail(sender, id)).parent_email_id);
      assert.deepEqual(parents, [null, first.id, second.id, third.id]);

      const own = newMessageId();
      const alones = await write(sender, pat, {
        messageId: own,
        inReplyTo: own,
        references: `${own} ${own}`,
      });
      assert.deepEqual(placeOf(alones), alone(alones, sender));
      for (const [answered, messageId] of [
        [third, three],
        [alones, own],
      ] as const) {
        const sent = await sender.send({ to_address: pat, in_reply_to_id: answered.id });
        const threading = threadingOf(await deliveredMessage(sandbox, sent.message_id));
        assert.deepEqual([threading.inReplyTo, threading.references.at(-1)], [messageId, messageId]);
      }
    },
  },
  {
    name: "mails that bear one id are each there once, and answers to it go to the sender's own",
    async run(world) {
      const sender = await newSender(world);
      const pat = sender.newRecipient();
      const messageId = newMessageId();
      const first = await write(sender, pat, { messageId, fields: { Subject: "Once" } });
      const second = await write(sender, pat, { messageId, fields: { Subject: "Twice" } });
      assert.deepEqual(placeOf(second), alone(second, sender));
      const answer = await write(sender, pat, { inReplyTo: messageId });
      assert.equal(answer.parent_email_id, first.id);
      const { emails } = await inboundList(sender, { use_case_id: sender.useCase.id });
      assert.deepEqual(
        emails.map(({ id }) => id),
        [answer.id, second.id, first.id],
      );
    },
  },
  {
    name: "hundreds of citations, forged ones and none of them ours: the one that is ours is found, the answer stays legal",
    async run(world) {
      const sender = await newSender(world);
      const { with: pat, sent, answer } = await conversation(sender);
      const forged = Array.from({ length: 150 }, (_, n) => `<forged-${n}-${"x".repeat(n * 4)}@post.example>`);
      const references = [
        ...forged,
        "<no at>",
        '<"a quoted"@x.example>',
        "(<comment@x.example>)",
        "<grüße@x.example>",
      ];
      const mail = await write(sender, pat, { references: [...references, wireIdOf(sent)].join("\r\n\t") });
      const thread = { thread: sent.id, useCase: sender.useCase.id, known: true };
      assert.deepEqual(placeOf(mail), { ...thread, parent: sent.id, by: "references" });
      // The root is looked at too, wherever the parent stands.
      const others = await write(sender, pat, { references: [wireIdOf(sent), ...forged].join(" ") });
      assert.deepEqual(placeOf(others), { ...thread, parent: sent.id, by: "references" });
      const crowd = forged.slice(0, 15).join(" ");
      const several = await write(sender, pat, { inReplyTo: crowd, references: answer.message_id ?? "" });
      assert.deepEqual(placeOf(several), { ...thread, parent: answer.id, by: "references" });
      for (const { id, message_id: messageId } of [mail, others, several]) {
        const reply = await sender.send({ to_address: pat, in_reply_to_id: id });
        const message = await deliveredMessage(world.sandbox, reply.message_id);
        assert.deepEqual(message.values("In-Reply-To"), [messageId]);
        const [value = ""] = message.values("References");
        assert.equal(value.split(" ").at(-1), messageId);
        assert.ok(value.length <= 900 && value.split(" ").length <= 20, value);
        assert.match(value, /^<[!-;=?-~]+>(?: <[!-;=?-~]+>)*$/);
      }
    },
  },
];
