// What becomes of a mail: a function of the set of its events, so that neither their order
// nor their repetition matters.
import assert from "node:assert/strict";
import type { EmailDetail } from "../support/api-shapes.ts";
import type { MailSender } from "../support/mail-sender.ts";
import type { Journey } from "../support/world.ts";

type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A busy life, with times of its own so that two mails can live the same one. */
const LIFE: readonly Event[] = [
  { type: "delivery_delay", timestamp: "2030-01-01T00:00:00.000Z" },
  { type: "delivery_delay", timestamp: "2030-01-01T00:10:00.000Z" },
  { type: "delivery", timestamp: "2030-01-01T00:20:00.000Z" },
  { type: "open", timestamp: "2030-01-01T01:00:00.000Z" },
  { type: "open", timestamp: "2030-01-01T00:30:00.000Z", isBotEvent: "Likely" },
  { type: "open", timestamp: "2030-01-01T02:00:00.000Z" },
  { type: "click", timestamp: "2030-01-01T02:00:01.000Z", link: "https://example.org/a" },
  { type: "click", timestamp: "2030-01-01T02:00:01.000Z", link: "https://example.org/b" },
  { type: "auto_reply", timestamp: "2030-01-01T02:30:00.000Z" },
  {
    type: "bounce",
    timestamp: "2030-01-01T04:00:00.000Z",
    bounceType: "Transient",
    bounceSubType: "MailboxFull",
  },
  {
    type: "bounce",
    timestamp: "2030-01-01T05:00:00.000Z",
    bounceType: "Permanent",
    bounceSubType: "NoEmail",
  },
  {
    type: "bounce",
    timestamp: "2030-01-01T06:00:00.000Z",
    bounceType: "Undetermined",
    bounceSubType: "Undetermined",
  },
  { type: "complaint", timestamp: "2030-01-01T08:00:00.000Z" },
  { type: "complaint", timestamp: "2030-01-01T07:00:00.000Z" },
  { type: "delivery", timestamp: "2030-01-01T09:00:00.000Z" },
];

/** What two mails differ in although they lived the same life: the third complaint suspends, the first delivery is each one's own. */
const OWN = ["thread_id", "id", "message_id", "to_address", "tier", "sent_at", "delivered_at", "updated_at"];
const settled = (email: EmailDetail): object =>
  Object.fromEntries(Object.entries(email).filter(([member]) => !OWN.includes(member)));

/** A mail to a fresh address whose own delivery has arrived. */
async function delivered(sender: MailSender) {
  const sent = await sender.send({ to_address: sender.newRecipient() });
  await sender.emailIn(sent.id, "delivered");
  await sender.workspace.world.sandbox.settled();
  return sent;
}

async function timeline(sender: MailSender, emailId: string): Promise<string[]> {
  const { events } = await sender.events({ setup_id: sender.setup.id, email_id: emailId, limit: 200 });
  return events
    .map((event) => `${event.event_at} ${event.event_type}`)
    .filter((line) => line.startsWith("2030"));
}

export const journeys: readonly Journey[] = [
  {
    name: "events tripled, shuffled and delayed settle to the same e-mail as in order",
    async run(world) {
      const { sandbox } = world;
      const sender = await (await world.newWorkspace()).sender();
      const inOrder = await delivered(sender);
      for (const event of LIFE) {
        await sandbox.event(inOrder.message_id, event);
        await sandbox.settled();
      }
      const expected = await sender.email(inOrder.id);
      assert.equal(expected.state, "complained");
      assert.equal(expected.complained_at, "2030-01-01T07:00:00.000Z");
      assert.equal(expected.bounced_at, "2030-01-01T04:00:00.000Z");
      assert.deepEqual([expected.bounce_type, expected.bounce_subtype], ["Permanent", "NoEmail"]);
      assert.equal(expected.delivery_delay_at, "2030-01-01T00:10:00.000Z");
      assert.deepEqual(
        [
          expected.open_count,
          expected.machine_open_count,
          expected.click_count,
          expected.machine_click_count,
        ],
        [3, 1, 2, 0],
      );
      assert.equal(expected.first_open_at, "2030-01-01T00:30:00.000Z");
      assert.equal(expected.last_open_at, "2030-01-01T02:00:00.000Z");
      assert.equal(expected.rejected_at, null);
      const expectedTimeline = await timeline(sender, inOrder.id);
      assert.equal(expectedTimeline.length, LIFE.length);
      assert.deepEqual(expectedTimeline, expectedTimeline.toSorted().toReversed(), "newest first");

      const shuffled = LIFE.toSorted((a, b) => hash(a) - hash(b));
      const ways: readonly (readonly [name: string, sns: object, life: readonly Event[]])[] = [
        ["backwards", {}, LIFE.toReversed()],
        ["tripled and reversed by the topic", { duplicate: 2, reorder: true }, LIFE],
        ["tripled, delayed and shuffled", { duplicate: 2, reorder: true, delay_ms: 200 }, shuffled],
      ];
      for (const [name, sns, life] of ways) {
        const sent = await delivered(sender);
        await sandbox.withFaults({ sns }, async () => {
          for (const event of life) await sandbox.event(sent.message_id, event);
          await sandbox.settled();
        });
        const email = await sender.email(sent.id);
        assert.deepEqual(settled(email), settled(expected), name);
        assert.equal(email.delivered_at?.slice(0, 4) === "2030", false, `${name}: the first delivery counts`);
        assert.deepEqual((await timeline(sender, sent.id)).sort(), expectedTimeline.toSorted(), name);
      }
    },
  },
  {
    name: "events that come before the answer to the send, and while it is under way",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      // Twelve at once: their events overtake each other and some of their own sends.
      const sends = await Promise.all(
        Array.from({ length: 12 }, () => sender.send({ to_address: sender.newRecipient() })),
      );
      for (const sent of sends) {
        const email = await sender.emailIn(sent.id, "delivered");
        assert.equal(email.message_id, sent.message_id);
        assert.equal(email.sent_at, sent.sent_at);
        assert.ok((email.delivered_at ?? "") >= sent.sent_at, "delivered before it was sent");
      }
      await world.sandbox.settled();
      assert.equal((await sender.events({ event_type: "Delivery" })).events.length, 12);
    },
  },
  {
    name: "complaint over bounce over rejection over delivery, whichever comes last",
    async run(world) {
      const { sandbox } = world;
      const sender = await (await world.newWorkspace()).sender();
      const sent = await delivered(sender);
      const after = async (event: Event): Promise<string | null> => {
        await sandbox.event(sent.message_id, event);
        await sandbox.settled();
        return (await sender.email(sent.id)).state;
      };
      assert.equal(await after({ type: "open" }), "delivered");
      assert.equal(await after({ type: "complaint", complaintFeedbackType: "not-spam" }), "delivered");
      assert.equal(await after({ type: "reject" }), "rejected");
      assert.equal(await after({ type: "delivery" }), "rejected");
      assert.equal(await after({ type: "bounce" }), "bounced");
      assert.equal(await after({ type: "delivery" }), "bounced");
      assert.equal(await after({ type: "complaint" }), "complained");
      assert.equal(await after({ type: "bounce" }), "complained");
      assert.equal(await after({ type: "delivery" }), "complained");
      assert.equal(await after({ type: "rendering_failure" }), "complained");
      const types = (await sender.events({ limit: 200 })).events.map((event) => event.event_type);
      assert.ok(
        !types.includes("Send") &&
          !types.includes("Rendering Failure") &&
          !types.includes("RenderingFailure"),
      );
      assert.equal(types.filter((type) => type === "Complaint").length, 2);
    },
  },
  {
    name: "the simulator's addresses meet their end",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const fates = [
        ["success", "delivered", ["Delivery"], null],
        ["bounce", "bounced", ["Bounce"], ["Permanent", "General"]],
        ["ooto", "delivered", ["Bounce", "Delivery"], null],
        ["complaint", "complained", ["Complaint", "Delivery"], null],
        ["suppressionlist", "bounced", ["Bounce"], ["Permanent", "Suppressed"]],
      ] as const;
      for (const [name, state, types, bounce] of fates) {
        const to = `${name}+${world.unique("x")}@simulator.amazonses.com`;
        const sent = await sender.send({ to_address: to });
        await sender.emailIn(sent.id, state);
        await world.sandbox.settled();
        const email = await sender.email(sent.id);
        assert.equal(email.state, state, name);
        const { events } = await sender.events({ setup_id: sender.setup.id, email_id: sent.id });
        assert.deepEqual(events.map((event) => event.event_type).sort(), [...types], name);
        assert.deepEqual([email.bounce_type, email.bounce_subtype], bounce ?? [null, null], name);
        assert.equal(email.bounced_at === null, bounce === null, name);
        assert.equal(email.complained_at === null, state !== "complained", name);
        assert.equal(email.delivered_at === null, state === "bounced", name);
      }
    },
  },
  {
    name: "an out-of-office reply is no bounce, whether it or the delivery comes first",
    async run(world) {
      const { sandbox } = world;
      const sender = await (await world.newWorkspace()).sender();
      const sent = await sandbox.withFaults({ sns: { drop: true } }, () =>
        sender.send({ to_address: sender.newRecipient() }),
      );
      await sandbox.settled();
      assert.equal((await sender.email(sent.id)).state, "sent");
      await sandbox.event(sent.message_id, { type: "auto_reply" });
      await sandbox.settled();
      const alone = await sender.email(sent.id);
      assert.deepEqual(
        [alone.state, alone.bounce_type, alone.bounce_subtype],
        ["bounced", "Transient", "General"],
      );
      await sandbox.event(sent.message_id, { type: "delivery" });
      await sandbox.settled();
      const email = await sender.email(sent.id);
      assert.deepEqual([email.state, email.bounced_at, email.bounce_type], ["delivered", null, null]);
      // Any other soft bounce of a delivered mail is one.
      await sandbox.event(sent.message_id, {
        type: "bounce",
        bounceType: "Transient",
        bounceSubType: "MailboxFull",
      });
      await sandbox.settled();
      assert.equal((await sender.email(sent.id)).state, "bounced");
    },
  },
  {
    name: "a file that a virus scanner knows is rejected after the send, and reaches nobody",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const to = sender.newRecipient();
      // The bait that all scanners agreed on, in two halves so that no scanner finds it here.
      const bait = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
      const octets = new TextEncoder().encode(bait);
      const sent = await sender.send({
        to_address: to,
        attachments: [{ name: "a.txt", type: "text/plain", octets }],
      });
      const email = await sender.emailIn(sent.id, "rejected");
      assert.ok(email.rejected_at !== null);
      assert.equal(email.delivered_at, null);
      assert.deepEqual(await world.sandbox.mailbox(to), []);
    },
  },
];

/** An order that is none, and always the same. */
const hash = (event: Event): number =>
  [...JSON.stringify(event)].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 65_521, 7);
