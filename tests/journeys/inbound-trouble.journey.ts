// Mail that arrives while SNS doubles, delays, reorders or loses what it should tell, while S3 does not give it out, and
// while somebody tells of what is none of ours: each mail is there exactly once, and nothing else.
import assert from "node:assert/strict";
import type { InboundSummary } from "../support/api-shapes.ts";
import { foreignTopic } from "../support/foreign-topic.ts";
import {
  arrive,
  downloaded,
  inboundDetail,
  inboundList,
  messageOf,
  received,
} from "../support/inbound-mail.ts";
import type { MailSender } from "../support/mail-sender.ts";
import { published } from "../support/own-topic.ts";
import { assertProblem } from "../support/refusals.ts";
import { until } from "../support/until.ts";
import type { Journey, World } from "../support/world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** More than the tasks of all that the journeys before have made; a tick takes twenty. */
const TICKS_MAX = 60;

type Ticked = { readonly tasks: readonly { readonly kind: string; readonly outcome: string }[] };

const tick = (world: World, afterMs: number): Promise<Ticked> =>
  world.operator.expect<Ticked>(200, "POST", "/v1/operator/tick", {
    json: { now: new Date(Date.now() + afterMs).toISOString() },
  });

/** Ticks as if it were so much later until there is nothing left to do. */
async function ticksThrough(world: World, afterMs: number): Promise<readonly string[]> {
  const kinds: string[] = [];
  for (let ticks = 0; ticks < TICKS_MAX; ticks += 1) {
    const { tasks } = await tick(world, afterMs);
    if (tasks.length === 0) return kinds;
    kinds.push(...tasks.map(({ kind }) => kind));
  }
  throw new Error(`After ${TICKS_MAX} ticks there is work still`);
}

/** Lets the bucket be compared with what is known; it is once an hour, by whatever clock the last one went. */
async function bucketCompared(world: World): Promise<void> {
  for (let hours = 2; hours <= 12; hours += 2)
    if ((await ticksThrough(world, hours * HOUR_MS)).includes("reconcile_inbound")) return;
  throw new Error("the bucket was not compared");
}

const listed = async (sender: MailSender): Promise<readonly InboundSummary[]> =>
  (await inboundList(sender, { limit: 200 })).emails;

const mailOf = (subject: string): Uint8Array<ArrayBuffer> =>
  messageOf({ From: "Pat <pat@example.org>", Subject: subject, "Message-ID": `<${subject}@example.org>` });

const subjectsOf = (emails: readonly { readonly subject: string }[]): readonly string[] =>
  emails.map(({ subject }) => subject).toSorted();

/** A mail arrives and SNS loses its notification; answers what that would have said. */
async function lostNotification(
  sender: MailSender,
  subject: string,
  rcpt?: readonly string[],
): Promise<string> {
  const { sandbox } = sender.workspace.world;
  const given = rcpt === undefined ? {} : { rcpt };
  const { message_id: id } = await sandbox.withFaults({ sns: { drop: true } }, () =>
    arrive(sender, mailOf(subject), given),
  );
  const lost = (await sandbox.notifications()).find(
    ({ outcome, body }) => outcome === "dropped" && body.includes(String(id)),
  );
  assert.ok(lost, "the notification was posted");
  return lost.body;
}

export const journeys: readonly Journey[] = [
  {
    name: "notifications doubled, reordered and late: each mail is there once, for all its recipients",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { domain_identity: domain } = sender.setup;
      const subjects = Array.from({ length: 8 }, (_, n) => `mail-${n}`);
      const rcpt = [sender.useCase.sender_email_address, `other@${domain}`];
      const faults = { sns: { duplicate: 2, reorder: true, delay_ms: 30 } };
      await world.sandbox.withFaults(faults, async () => {
        for (const subject of subjects) await arrive(sender, mailOf(subject), { rcpt });
        await world.sandbox.settled();
      });
      // What a runtime has no room for at the moment is left to its tick.
      await ticksThrough(world, MINUTE_MS);
      await received(sender, subjects.length);
      await ticksThrough(world, MINUTE_MS);
      const emails = await listed(sender);
      assert.deepEqual(subjectsOf(emails), subjects);
      for (const { to_addresses } of emails) assert.deepEqual(to_addresses, rcpt);
      assert.equal(new Set(emails.map(({ id }) => id)).size, subjects.length);
    },
  },
  {
    name: "S3 failing, refusing and missing what it has: the mail is there once S3 gives it out",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const troubles = [
        { status: 500 },
        { status: 403 },
        // As long as the object is not to be seen everywhere.
        { status: 404, error: "NoSuchKey" },
      ];
      const fail = troubles.map((trouble) => ({ operation: "GetObject", ...trouble }));
      const fetches = async () => (await world.sandbox.calls("GetObject")).map(({ status }) => status);
      await world.sandbox.clearCalls();
      await world.sandbox.withFaults({ s3: { fail } }, async () => {
        await arrive(sender, mailOf("once"));
        await until("it is fetched", fetches, ({ length }) => length > 0);
        for (const count of [1, 2, 3]) {
          assert.deepEqual(await listed(sender), []);
          await until(
            `it is fetched ${count} times and once more`,
            async () => {
              // Each back-off is twice the one before.
              await tick(world, count * 5 * MINUTE_MS);
              return fetches();
            },
            ({ length }) => length > count,
          );
        }
      });
      assert.deepEqual(await fetches(), [500, 403, 404, 200]);
      const [email] = await received(sender, 1);
      await ticksThrough(world, 30 * MINUTE_MS);
      assert.deepEqual(subjectsOf(await listed(sender)), ["once"]);
      const raw = await downloaded(sender, email?.id ?? "", "/raw");
      assert.deepEqual(raw.octets, mailOf("once"));
    },
  },
  {
    name: "a notification that is lost: the bucket is compared with what is known, and the mail found once",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      await lostNotification(sender, "lost");
      await arrive(sender, mailOf("told"));
      await received(sender, 1);
      // It might only be late.
      await ticksThrough(world, 4 * MINUTE_MS);
      assert.deepEqual(subjectsOf(await listed(sender)), ["told"]);
      await bucketCompared(world);
      const emails = await listed(sender);
      assert.deepEqual(subjectsOf(emails), ["lost", "told"]);
      const found = await inboundDetail(sender, emails.find(({ subject }) => subject === "lost")?.id ?? "");
      assert.deepEqual(found.to_addresses, [sender.useCase.sender_email_address]);
      assert.deepEqual(
        [found.ses_use_case_id, found.parse_status, found.verdicts.spam, found.verdicts.dkim],
        [sender.useCase.id, "parsed", "PASS", "PASS"],
      );
      assert.deepEqual((await downloaded(sender, found.id, "/raw")).octets, mailOf("lost"));
      await bucketCompared(world);
      assert.equal((await listed(sender)).length, 2);
    },
  },
  {
    name: "a notification that comes after the bucket was compared: it knows whom the mail is for, once",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { domain_identity: domain } = sender.setup;
      // Of several recipients SES writes none into the message, and nor did the sender.
      const rcpt = [`one@${domain}`, `two@${domain}`];
      const [forNobody, known] = [
        await lostNotification(sender, "hidden", rcpt),
        await lostNotification(sender, "named"),
      ];
      await bucketCompared(world);
      assert.deepEqual(subjectsOf(await listed(sender)), ["named"]);
      for (const message of [forNobody, known, forNobody]) assert.equal(await published(world, message), 200);
      await received(sender, 2);
      await ticksThrough(world, MINUTE_MS);
      const emails = await listed(sender);
      assert.deepEqual(subjectsOf(emails), ["hidden", "named"]);
      assert.deepEqual(emails.find(({ subject }) => subject === "hidden")?.to_addresses, rcpt);
    },
  },
  {
    name: "a notification that is forged, foreign, or names what is not SES's place, brings nothing and fetches nothing",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      await arrive(sender, mailOf("genuine"));
      const [genuine] = await received(sender, 1);
      await world.sandbox.settled();
      const posted = (await world.sandbox.notifications()).findLast(({ body }) =>
        body.includes(sender.useCase.sender_email_address),
      );
      const envelope = JSON.parse(posted?.body ?? "") as Readonly<Record<string, string>>;
      const message = envelope["Message"] ?? "";
      const told = JSON.parse(message) as {
        mail: { messageId: string };
        receipt: { action: { bucketName: string; objectKey: string } };
      };
      const { bucketName, objectKey } = told.receipt.action;
      // Another mail, by SES's own id, so that nothing is known of it.
      const other = (from: string, to: string): string =>
        message.replaceAll(told.mail.messageId, crypto.randomUUID()).replaceAll(from, to);
      const before = await sender.workspace.trace();
      await world.sandbox.clearCalls();

      const forged = JSON.stringify({ ...envelope, Message: other("genuine", "forged") });
      const foreign = await foreignTopic(world);
      await foreign.subscribeOwnEndpoint();
      const theirs = JSON.stringify(await foreign.publish(other("genuine", "foreign")));
      for (const body of [forged, theirs]) {
        const answer = await world.anonymous.call("POST", "/hooks/sns", {
          body,
          headers: { "content-type": "text/plain; charset=UTF-8" },
        });
        assertProblem(answer, { status: 403, code: "notification_refused" });
      }
      const folder = objectKey.slice(0, objectKey.lastIndexOf("/"));
      const elsewhere = [
        other(`"${bucketName}"`, '"somebody-elses"'),
        other(`"${bucketName}"`, '"../contents"'),
        other(`"${folder}/`, `"${folder}-else/`),
        other(`"${folder}/`, `"`),
        other(`"${folder}/`, `"${folder}/../contents/`),
        other(`"${folder}/`, `"/${folder}/`),
      ];
      for (const one of elsewhere) {
        assert.notEqual(one, message);
        assert.equal(await published(world, one), 200);
      }
      await ticksThrough(world, MINUTE_MS);
      assert.deepEqual(await world.sandbox.calls("GetObject"), []);
      assert.deepEqual(await sender.workspace.trace(), before);
      assert.deepEqual(await listed(sender), [genuine]);
    },
  },
];
