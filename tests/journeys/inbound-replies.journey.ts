// Answering what was received: who may answer what, what the answer says of the conversation on the wire, whatever the mail
// said of itself, and whom an unsubscribe lets us answer.
import assert from "node:assert/strict";
import { type ApiAnswer, assertStatus, jsonOf } from "../support/api-client.ts";
import type { InboundDetail, SentEmail } from "../support/api-shapes.ts";
import { newMessageId, wireIdOf, write } from "../support/correspondence.ts";
import { type DeliveredMessage, deliveredMessage, threadingOf } from "../support/delivered-message.ts";
import { messageOf, receive, threadOf } from "../support/inbound-mail.ts";
import { makeMailSender, type MailSender } from "../support/mail-sender.ts";
import { assertProblem, assertRefused, type RefusalRow } from "../support/refusals.ts";
import { mailWithLink, ONE_CLICK, post, siblingOf, waysOut } from "../support/unsubscribe-links.ts";
import type { Journey, World } from "../support/world.ts";

const NOT_FOUND = { status: 404, code: "inbound_email_not_found" };
const MISMATCH = { status: 422, code: "reply_scope_mismatch" };
const INVALID = { status: 422, code: "validation_failed", pointer: "in_reply_to_id" };
const REUSED = { status: 422, code: "idempotency_key_reused" };

const newSender = async (world: World): Promise<MailSender> => (await world.newWorkspace()).sender();

/** Somebody's first mail. */
async function question(
  sender: MailSender,
): Promise<{ readonly from: string; readonly mail: InboundDetail }> {
  const from = sender.newRecipient();
  return { from, mail: await write(sender, from) };
}

const answer = (sender: MailSender, to: string, { id }: { readonly id: string }): Promise<ApiAnswer> =>
  sender.post({ to_address: to, in_reply_to_id: id });

/** Our answer as its recipient got it. */
async function answered(sender: MailSender, to: string, mail: InboundDetail): Promise<DeliveredMessage> {
  const sent = await sender.send({ to_address: to, in_reply_to_id: mail.id });
  return deliveredMessage(sender.workspace.world.sandbox, sent.message_id);
}

async function unsubscribe(sender: MailSender, from: string): Promise<void> {
  const { url } = await mailWithLink(sender, from);
  assertStatus(await post(sender, url, ONE_CLICK), 200, "one click");
}

/** What a header field of a sender's holds as the id, and what an answer may say of it. */
const HOSTILE_IDS: readonly (readonly [what: string, field: string, inReplyTo: string | null])[] = [
  ["none", "", null],
  ["no brackets", "1234@post.example", "<1234@post.example>"],
  ["empty brackets", "<>", null],
  ["no end", "<1234@post.example", null],
  ["a second id", "<one@post.example> <two@post.example>", "<one@post.example>"],
  ["a folded header of ours", "<a@post.example>\r\n Bcc: sam@example.org", "<a@post.example>"],
  ["a fold within the id", "<a\r\n Bcc:sam@post.example>", "<aBcc:sam@post.example>"],
  ["bare line feeds", "<a@post.example>\n\tBcc: sam@example.org", "<a@post.example>"],
  ["encoded words", "=?utf-8?q?=3Ca=40b=3E=0D=0ABcc=3A_sam=40example.org?=", null],
  ["a quoted left part", '<"a\\"b"@post.example>', '<"a\\"b"@post.example>'],
  ["characters that are not ASCII", "<grüße@post.example>", null],
  ["half a line of ASCII", `<${"i".repeat(480)}@post.example>`, `<${"i".repeat(480)}@post.example>`],
  ["more than that", `<${"i".repeat(600)}@post.example>`, null],
  ["two thousand characters", `<${"i".repeat(2_000)}@post.example>`, null],
];

export const journeys: readonly Journey[] = [
  {
    name: "only a received e-mail of the same use case and setup is answered",
    async run(world) {
      const sender = await newSender(world);
      const { workspace } = sender;
      const { from, mail } = await question(sender);
      const sibling = await siblingOf(sender);
      const setup = await workspace.verifiedSetup();
      const elsewhere = makeMailSender(workspace, setup, await workspace.useCase(setup));
      const neighbour = await newSender(world);
      const foreign = await write(neighbour, from);
      const sent = await sender.send({ to_address: from });
      await world.sandbox.settled();
      const row = (name: string, by: MailSender, id: string, problem: typeof NOT_FOUND): RefusalRow => ({
        name,
        ask: () => answer(by, from, { id }),
        ...problem,
      });
      await assertRefused(workspace, [
        row("an id that is none", sender, "the last one", INVALID),
        row("an id nobody has", sender, crypto.randomUUID(), NOT_FOUND),
        row("another workspace's", sender, foreign.id, NOT_FOUND),
        row("an e-mail we sent", sender, sent.id, NOT_FOUND),
        row("another use case of the setup", sibling, mail.id, MISMATCH),
        row("another setup", elsewhere, mail.id, MISMATCH),
      ]);
      await assertRefused(neighbour.workspace, [
        row("from another workspace", neighbour, mail.id, NOT_FOUND),
      ]);
      assertStatus(await answer(sender, from, mail), 201, "its own");
      // As a form sends a field that was left empty.
      const { id } = await sender.send({ to_address: from, in_reply_to_id: "" });
      assert.equal((await sender.email(id)).in_reply_to_id, null);
      // What came for no use case is answered through any of its setup, and through none of another.
      const forNone = await write(sender, from, {}, { rcpt: `info@${sender.setup.domain_identity}` });
      assertProblem(await answer(elsewhere, from, forNone), MISMATCH);
      for (const one of [sender, sibling])
        assertStatus(await answer(one, from, forNone), 201, "through any of its setup");
    },
  },
  {
    name: "with a key the same answer is sent once, and another mail's answer is another request",
    async run(world) {
      const sender = await newSender(world);
      const { from, mail } = await question(sender);
      const other = await write(sender, from);
      const fields = { to_address: from, in_reply_to_id: mail.id };
      const first = assertStatus(await sender.post(fields, "k1"), 201, "the first time");
      const again = assertStatus(await sender.post(fields, "k1"), 201, "again");
      assert.deepEqual([again.text, again.headers.get("idempotency-replayed")], [first.text, "true"]);
      assertProblem(await sender.post({ ...fields, in_reply_to_id: other.id }, "k1"), REUSED);
      assertProblem(await sender.post({ to_address: from }, "k1"), REUSED);
      await world.sandbox.onlyMail(from);
      const { messages } = await threadOf(sender, mail.id);
      assert.deepEqual(
        messages.map(({ id }) => id),
        [mail.id, jsonOf<SentEmail>(first).id],
      );
    },
  },
  {
    name: "an answer is in the thread as ours, names what it answers, and counts like any other mail",
    async run(world) {
      const sender = await newSender(world);
      const { from, mail } = await question(sender);
      const { id } = await sender.send({
        to_address: from,
        in_reply_to_id: mail.id,
        subject: "Re: A question",
      });
      const { thread_id: threadId, messages } = await threadOf(sender, id);
      assert.equal(threadId, mail.id);
      const [theirs, ours] = messages;
      assert.deepEqual([theirs?.direction, theirs?.id, theirs?.subject], ["inbound", mail.id, "A question"]);
      assert(ours?.direction === "outbound" && messages.length === 2);
      assert.deepEqual(
        [ours.id, ours.in_reply_to_id, ours.subject, ours.to_address, ours.send_outcome],
        [id, mail.id, "Re: A question", from, "sent"],
      );
      const detail = await sender.emailIn(id, "delivered");
      assert.deepEqual([detail.thread_id, detail.in_reply_to_id], [mail.id, mail.id]);
      // A mail that answers nothing begins a thread of its own.
      const other = await sender.send({ to_address: from });
      const begun = await sender.email(other.id);
      assert.deepEqual([begun.thread_id, begun.in_reply_to_id], [other.id, null]);
      const message = await deliveredMessage(world.sandbox, other.message_id);
      assert.deepEqual([message.values("In-Reply-To"), message.values("References")], [[], []]);
    },
  },
  {
    name: "References are what the mail cited and its own id, and what it lost is there again",
    async run(world) {
      const sender = await newSender(world);
      const pat = sender.newRecipient();
      const [one, two, three] = [newMessageId(), newMessageId(), newMessageId()];
      const cited = await write(sender, pat, { messageId: three, references: `${one}${two}` });
      const first = threadingOf(await answered(sender, pat, cited));
      assert.deepEqual([first.inReplyTo, first.references], [three, [one, two, three]]);
      // Their program writes In-Reply-To alone: for a mail of ours, then for their own.
      const four = await write(sender, pat, { inReplyTo: first.messageId });
      const five = await write(sender, pat, { inReplyTo: four.message_id ?? "" });
      const second = threadingOf(await answered(sender, pat, five));
      assert.equal(second.inReplyTo, five.message_id);
      const before = [one, two, three, first.messageId, four.message_id, five.message_id];
      assert.deepEqual(second.references, before);
      // RFC 5322 section 3.6.4: of what we know nothing of, In-Reply-To stands for References when it names one mail.
      const stray = threadingOf(await answered(sender, pat, await write(sender, pat, { inReplyTo: two })));
      assert.deepEqual(stray.references.slice(0, 1), [two]);
      const several = await write(sender, pat, { inReplyTo: `${newMessageId()} ${newMessageId()}` });
      const alone = threadingOf(await answered(sender, pat, several));
      assert.deepEqual(alone.references, [several.message_id]);
    },
  },
  {
    name: "sixty references: the first and the newest are written, in lines that may be",
    async run(world) {
      const sender = await newSender(world);
      const pat = sender.newRecipient();
      const sent = await sender.send({ to_address: pat });
      const ids = [...Array.from({ length: 60 }, newMessageId), wireIdOf(sent)];
      const mail = await write(sender, pat, { inReplyTo: wireIdOf(sent), references: ids.join("\r\n ") });
      assert.equal(mail.references.length, ids.length);
      const { references } = threadingOf(await answered(sender, pat, mail));
      const newest = [...ids, mail.message_id].slice(1 - references.length);
      assert.deepEqual(references, [ids[0], ...newest]);
      assert.ok(references.length > 10 && references.join(" ").length <= 900);
    },
  },
  {
    name: "an id that is hostile reaches the wire as an id or not at all, and brings nothing with it",
    async run(world) {
      const sender = await newSender(world);
      const pat = sender.newRecipient();
      const plain = await answered(sender, pat, await write(sender, pat));
      const fieldNames = ({ headerLines }: DeliveredMessage): readonly string[] =>
        headerLines.flatMap((line) => /^[^\s:]+(?=:)/.exec(line) ?? []);
      const usual = fieldNames(plain);
      for (const [what, field, inReplyTo] of HOSTILE_IDS) {
        const raw = messageOf({ From: pat, Subject: what, "Message-ID": field });
        const message = await answered(sender, pat, await receive(sender, raw));
        const expected = inReplyTo === null ? [] : [inReplyTo];
        assert.deepEqual(message.values("In-Reply-To"), expected, what);
        assert.deepEqual(message.values("References"), expected, what);
        const threading = ["In-Reply-To", "References"];
        const names = usual.filter((name) => inReplyTo !== null || !threading.includes(name));
        assert.deepEqual(fieldNames(message), names, what);
        for (const line of message.headerLines) assert.match(line, /^[ -~]{1,998}$/, what);
      }
      assert.deepEqual(await world.sandbox.mailbox("sam@example.org"), []);
    },
  },
  {
    name: "who unsubscribed and then writes is answered; nobody else is, and nothing else is sent",
    async run(world) {
      const sender = await newSender(world);
      const sibling = await siblingOf(sender);
      const pat = sender.newRecipient();
      const before = await write(sender, pat);
      await unsubscribe(sender, pat);
      const stopped = { status: 422, code: "recipient_suppressed", members: { rule: "unsubscribe" } };
      assertProblem(await answer(sender, pat, before), stopped);
      const after = await write(sender, pat);
      assertStatus(await answer(sender, pat, after), 201, "to what was written since");
      assertStatus(await answer(sender, `P${pat.slice(1)}`, after), 201, "in another case");
      assertProblem(await sender.post({ to_address: pat }), stopped);
      assertProblem(await answer(sender, pat, before), stopped);
      // What a machine of theirs wrote asks for no answer.
      const machine = await write(sender, pat, { fields: { "Auto-Submitted": "auto-replied" } });
      assert.equal(machine.class, "auto_reply");
      assertProblem(await answer(sender, pat, machine), stopped);
      // Nor does what others wrote in Pat's name.
      assertProblem(await answer(sender, pat, await write(sender, pat, {}, { dmarc: "FAIL" })), stopped);
      // Somebody else's mail does not let us write to Pat.
      const sams = await write(sender, sender.newRecipient());
      assertProblem(await answer(sender, pat, sams), stopped);
      // The other campaign never stopped, and its answers are its own.
      assertStatus(await sibling.post({ to_address: pat }), 201, "another use case");

      // Unsubscribed again since: that counts.
      const { url } = waysOut(await answered(sender, pat, after));
      assertStatus(await post(sender, url, ONE_CLICK), 200, "one click more");
      assertProblem(await answer(sender, pat, after), stopped);
      assertStatus(await answer(sender, pat, await write(sender, pat)), 201, "and written again");
    },
  },
  {
    name: "a complaint, a bounce and a suppression by hand stop an answer too",
    async run(world) {
      const { sandbox } = world;
      const sender = await newSender(world);
      const { workspace, useCase } = sender;
      const events = [
        ["complaint", { type: "complaint" }],
        ["hard_bounce", { type: "bounce", bounceType: "Permanent", bounceSubType: "General" }],
      ] as const;
      for (const [rule, event] of events) {
        const pat = sender.newRecipient();
        const sent = await sender.send({ to_address: pat });
        await sandbox.settled();
        await sandbox.event(sent.message_id, event);
        await sandbox.settled();
        const mail = await write(sender, pat);
        assertProblem(await answer(sender, pat, mail), {
          status: 422,
          code: "recipient_suppressed",
          members: { rule },
        });
      }
      const { from, mail } = await question(sender);
      await workspace.api.expect(201, "POST", workspace.path("/email/suppression"), {
        json: { address: from, use_case_id: useCase.id },
      });
      assertProblem(await answer(sender, from, mail), {
        status: 422,
        code: "recipient_suppressed",
        members: { rule: "manual" },
      });
    },
  },
];
