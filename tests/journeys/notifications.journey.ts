// What is posted to our hook: only genuine, recent notifications of the topics we were told to trust
// change anything, and each of them once.
import assert from "node:assert/strict";
import type { ApiAnswer } from "../support/api-client.ts";
import { type Envelope, foreignTopic } from "../support/foreign-topic.ts";
import type { MailSender } from "../support/mail-sender.ts";
import { assertProblem } from "../support/refusals.ts";
import { sandboxAws } from "../support/sandbox.ts";
import type { Journey, World } from "../support/world.ts";

const HOUR_MS = 3_600_000;

const post = (world: World, body: string, type = "text/plain; charset=UTF-8"): Promise<ApiAnswer> =>
  world.anonymous.call("POST", "/hooks/sns", { body, headers: { "content-type": type } });

/** A mail that has been delivered, and the notification that said so, as it was posted. */
async function deliveredMail(sender: MailSender) {
  const { sandbox } = sender.workspace.world;
  const sent = await sender.send({ to_address: sender.newRecipient() });
  await sender.emailIn(sent.id, "delivered");
  await sandbox.settled();
  const posted = (await sandbox.notifications()).filter(
    ({ type, body }) => type === "Notification" && body.includes(sent.message_id),
  );
  const genuine = (kind: string): string =>
    posted.find(({ body }) => body.includes(`\\"eventType\\":\\"${kind}\\"`))?.body ?? "";
  return { sent, genuine };
}

export const journeys: readonly Journey[] = [
  {
    name: "forged, foreign, spliced and stale notifications are refused and change nothing",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { sent, genuine } = await deliveredMail(sender);
      const other = await deliveredMail(sender);
      const body = genuine("Delivery");
      const envelope = JSON.parse(body) as Envelope;
      const complaint = (envelope["Message"] ?? "")
        .replace('"eventType":"Delivery"', '"eventType":"Complaint"')
        .replace('"delivery":', '"complaint":');
      const changed = (members: Record<string, string | undefined>): string =>
        JSON.stringify({ ...envelope, ...members });
      const without = (name: string): string => changed({ [name]: undefined });
      const {
        Signature: signature = "",
        SigningCertURL: certificate = "",
        MessageId: messageId = "",
      } = envelope;
      const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
      const file = certificate.slice(certificate.lastIndexOf("/"));
      const origin = new URL(certificate).origin;

      const foreign = await foreignTopic(world);
      await foreign.subscribeOwnEndpoint();
      const theirs = await foreign.publish(complaint);
      // Their topic signs a text that, cut at other places, is a message of ours.
      const ours = [
        "",
        "MessageId",
        crypto.randomUUID(),
        "Timestamp",
        at(0),
        "TopicArn",
        envelope["TopicArn"],
        "Type",
        "",
      ];
      const signed = await foreign.publish(`${complaint}${ours.join("\n")}Notification`);
      const rest = [
        "",
        "MessageId",
        signed["MessageId"],
        "Timestamp",
        signed["Timestamp"],
        "TopicArn",
        foreign.topicArn,
      ];
      const tail = [...rest, "Type", "Notification"].join("\n");
      const cut = {
        ...signed,
        Message: complaint,
        MessageId: ours[2],
        Timestamp: ours[4],
        TopicArn: ours[6],
      };

      const forgeries: Readonly<Record<string, string>> = {
        "a changed message": changed({ Message: complaint }),
        "a changed signature": changed({
          Signature: `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
        }),
        "the signature of another notification": changed({
          Signature: (JSON.parse(other.genuine("Delivery")) as Envelope)["Signature"],
        }),
        "no signature": without("Signature"),
        "an empty signature": changed({ Signature: "" }),
        "a signature that is no base64": changed({ Signature: "§§§" }),
        "the older signature version": changed({ SignatureVersion: "1" }),
        "an unknown signature version": changed({ SignatureVersion: "3" }),
        "no signature version": without("SignatureVersion"),
        "a certificate from elsewhere": changed({ SigningCertURL: `http://127.0.0.1:1${file}` }),
        "a certificate from a look-alike": changed({
          SigningCertURL: `https://sns.us-east-1.amazonaws.com.evil.example${file}`,
        }),
        "a certificate of another name": changed({ SigningCertURL: `${origin}/certificate.pem` }),
        "a certificate in a bucket": changed({ SigningCertURL: `${origin}/s3/bucket${file}` }),
        "a certificate with a query": changed({ SigningCertURL: `${certificate}?x=1` }),
        "a certificate behind dots": changed({ SigningCertURL: `${origin}/x/..${file}` }),
        "a certificate with a user": changed({ SigningCertURL: certificate.replace("://", "://user@") }),
        "a certificate that is not there": changed({
          SigningCertURL: `${origin}/SimpleNotificationService-${"0".repeat(32)}.pem`,
        }),
        "no certificate": without("SigningCertURL"),
        "a file for a certificate": changed({ SigningCertURL: "file:///etc/passwd" }),
        "another MessageId": changed({ MessageId: crypto.randomUUID() }),
        "a MessageId that is none": changed({ MessageId: "1" }),
        "a line end in the MessageId": changed({ MessageId: `${messageId}\n` }),
        "a line end in the TopicArn": changed({ TopicArn: `${envelope["TopicArn"]}\n` }),
        "a Subject put in": changed({ Subject: "x" }),
        "another type": changed({ Type: "SubscriptionConfirmation" }),
        "an unknown type": changed({ Type: "notification" }),
        "no type": without("Type"),
        "no message": without("Message"),
        "three hours old": changed({ Timestamp: at(-3 * HOUR_MS) }),
        "three hours ahead": changed({ Timestamp: at(3 * HOUR_MS) }),
        "at no time": changed({ Timestamp: "yesterday" }),
        "genuine, of a foreign topic": JSON.stringify(theirs),
        "of a foreign topic, renamed to ours": JSON.stringify({ ...theirs, TopicArn: envelope["TopicArn"] }),
        "spliced, the rest in the type": JSON.stringify({ ...cut, Type: `Notification${tail}` }),
        "spliced, the rest in the topic": JSON.stringify({
          ...cut,
          TopicArn: `${ours[6]}\nType\nNotification${rest.join("\n")}`,
        }),
        "a confirmation made up": JSON.stringify({
          ...envelope,
          Type: "SubscriptionConfirmation",
          Token: "0".repeat(128),
          SubscribeURL: `${world.sandbox.url}/nobody`,
        }),
        "no JSON": "Successfully validated SNS topic for Amazon SES event publishing.",
        "an empty body": "",
        null: "null",
        "a list": "[]",
        "a number for a text": JSON.stringify({ ...envelope, Message: 7 }),
        "deeply nested": "[".repeat(50_000),
        "the bare event": envelope["Message"] ?? "",
      };
      const before = { email: await sender.email(sent.id), trace: await sender.workspace.trace() };
      const eventsBefore = await sender.events({ setup_id: sender.setup.id });
      for (const [name, forged] of Object.entries(forgeries)) {
        const answer = await post(world, forged);
        assert.equal(answer.status, 403, `${name}: ${answer.status} ${answer.text}`);
        assertProblem(answer, { status: 403, code: "notification_refused" });
      }
      const tooLarge = await post(world, changed({ Message: "x".repeat(600_000) }));
      assertProblem(tooLarge, { status: 413, code: "body_too_large" });
      assert.deepEqual({ email: await sender.email(sent.id), trace: await sender.workspace.trace() }, before);
      assert.deepEqual(await sender.events({ setup_id: sender.setup.id }), eventsBefore);
    },
  },
  {
    name: "a genuine notification posted again is taken and changes nothing",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { sent, genuine } = await deliveredMail(sender);
      await world.sandbox.event(sent.message_id, { type: "open" });
      await world.sandbox.settled();
      const opened = (await world.sandbox.notifications()).find(
        ({ body }) => body.includes(sent.message_id) && body.includes('\\"eventType\\":\\"Open\\"'),
      );
      const before = [await sender.email(sent.id), await sender.events()];
      for (const body of [genuine("Send"), genuine("Delivery"), opened?.body ?? ""])
        for (const type of ["text/plain; charset=UTF-8", "application/json", "text/plain"])
          assert.equal((await post(world, body, type)).status, 200);
      assert.deepEqual([await sender.email(sent.id), await sender.events()], before);
    },
  },
  {
    name: "a foreign topic's subscription of our hook is never confirmed",
    async run(world) {
      const hook = `${world.url}/hooks/sns`;
      const foreign = await foreignTopic(world);
      await foreign.subscribe(hook);
      await foreign.posted((one) => one.type === "SubscriptionConfirmation" && one.outcome === 403);
      const { subscriptions } = await world.sandbox.state();
      const own = subscriptions.filter(({ endpoint }) => endpoint === hook);
      assert.deepEqual(
        own.map(({ arn, is_confirmed }) => [arn.startsWith(foreign.topicArn), is_confirmed]),
        [
          [false, true],
          [true, false],
        ],
      );
    },
  },
  {
    name: "what arrives on our topic and is no event of ours is taken and ignored",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { sent, genuine } = await deliveredMail(sender);
      const { TopicArn = "", Message = "" } = JSON.parse(genuine("Delivery")) as Envelope;
      const aws = sandboxAws(world.sandbox.url);
      const before = [await sender.email(sent.id), await sender.events()];
      const messages = [
        "Successfully validated SNS topic for Amazon SES event publishing.",
        JSON.stringify({
          notificationType: "Received",
          mail: { messageId: "AMAZON_SES_SETUP_NOTIFICATION" },
        }),
        "hello",
        "{}",
        JSON.stringify({ eventType: "Subscription", mail: {} }),
        // An event of a mail that nobody here sent.
        Message.replaceAll(sent.message_id, `0100${crypto.randomUUID()}`).replaceAll(
          sent.id,
          crypto.randomUUID(),
        ),
      ];
      for (const message of messages) {
        const published = await aws.sns({ Action: "Publish", TopicArn, Message: message });
        const messageId = /<MessageId>(.*)<\/MessageId>/.exec(await published.text())?.[1] ?? "";
        await world.sandbox.settled();
        const [posted] = await world.sandbox.notifications(messageId);
        assert.equal(posted?.outcome, 200, message.slice(0, 60));
      }
      assert.deepEqual([await sender.email(sent.id), await sender.events()], before);
    },
  },
];
