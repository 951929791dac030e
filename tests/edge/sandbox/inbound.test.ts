// Mail that arrives: whom SES takes it for, what it lays into the bucket and publishes, and the ways to let one arrive: a
// raw message, a mail program's reply, its unsubscribe button, a send to a domain that receives here.
import { afterEach, describe, expect, test } from "bun:test";

import { sesArrivalReader } from "../../../adapters/ses/received-header.ts";
import { parseReceived } from "../../../adapters/ses/received-notification.ts";
import type { ReceivedMail } from "../../../core/inbound/arrival.ts";
import { type ArrivalGiven, startSandbox, type TestSandbox } from "../../support/sandbox.ts";
import { done, type Hook, mail, provision, send, subscribeHook } from "./provisioned.ts";

const sandbox = await startSandbox();
const { aws, control, settled } = sandbox;
/** What the rule of the start tells. */
const hook = await subscribeHook(sandbox, "postrider-events");
await provision(sandbox, "acme");
await done(aws.ses("POST", "/identities", { EmailIdentity: "unverified.example" }));

afterEach(async () => {
  await control.clearFaults();
  await settled();
  hook.requests.length = 0;
});

const MESSAGE = mail({ To: "Somebody <else@other.example>", "Message-ID": "<orig@x.example>" });

/** What was published since the last test, as the product reads it. */
async function told(by: TestSandbox = sandbox, at: Hook = hook): Promise<readonly ReceivedMail[]> {
  await by.settled();
  return at.messages().map((message) => {
    const read = parseReceived(message);
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    return read.value;
  });
}
async function object({ bucket, key }: ReceivedMail["place"]): Promise<Uint8Array> {
  const answer = await aws.s3("GET", `/${bucket}/${key}`);
  expect(answer.status).toBe(200);
  return answer.bytes();
}
/** The object's own message, as it was sent. */
const sentOctets = async ({ place }: ReceivedMail): Promise<Uint8Array> =>
  sesArrivalReader.withoutProviderHeader(await object(place), place);
const post = (query: string, body: string | Uint8Array<ArrayBuffer> = MESSAGE): Promise<Response> =>
  fetch(`${sandbox.url}/_sandbox/inbound${query}`, { method: "POST", body });

describe("a raw message", () => {
  test("is laid into the bucket octet for octet under what SES writes, and told of", async () => {
    const octets = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7 + (index >> 8)) % 256);
    const message = Buffer.concat([Buffer.from(MESSAGE), octets]);
    const arrived = await control.inbound(new Uint8Array(message), {
      rcpt: ["Ann+1@acme.example", "bea@sub.acme.example", "c@foreign.example"],
      from: "bounce@x.example",
    });
    expect(arrived).toEqual({
      message_id: expect.stringMatching(/^[a-z0-9]{40}$/),
      recipients: ["Ann+1@acme.example", "bea@sub.acme.example"],
      refused: ["c@foreign.example"],
    });
    const [received, ...others] = await told();
    expect(others).toEqual([]);
    expect(received).toMatchObject({
      providerMessageId: arrived.message_id,
      place: { bucket: "postrider-inbound", key: `mail/${arrived.message_id}` },
      recipients: ["Ann+1@acme.example", "bea@sub.acme.example"],
      envelopeFrom: "bounce@x.example",
      verdicts: { spam: "PASS", virus: "PASS", spf: "PASS", dkim: "PASS", dmarc: "PASS" },
      fields: {
        fromAddress: "hi@acme.example",
        fromName: "Acme",
        subject: "Hi",
        messageId: "orig@x.example",
      },
    });
    if (received === undefined) throw new Error("nothing was told");
    expect(Buffer.from(await sentOctets(received)).equals(message)).toBe(true);
  });

  test("says in the bucket what the notification says, for who has lost that", async () => {
    const rows: readonly ArrivalGiven[] = [
      { rcpt: "ann@acme.example", from: "a@x.example" },
      {
        rcpt: "ann@acme.example",
        from: "<>",
        spam: "FAIL",
        virus: "FAIL",
        spf: "FAIL",
        dkim: "FAIL",
        dmarc: "FAIL",
      },
      { rcpt: "ann@acme.example", spam: "gray", spf: "GRAY", dkim: "GRAY", dmarc: "PROCESSING_FAILED" },
    ];
    for (const row of rows) {
      await control.inbound(MESSAGE, row);
      const [received] = await told();
      hook.requests.length = 0;
      if (received === undefined) throw new Error("nothing was told");
      const { fields: _, ...read } =
        sesArrivalReader.read(await object(received.place), received.place, received.receivedAt) ?? {};
      const { fields: __, ...expected } = received;
      expect(read).toEqual(expected);
    }
  });

  const senders: readonly (readonly [string, string, string | null])[] = [
    ["the one it was delivered with before", mail({ "Return-Path": "<b@x.example>" }), "b@x.example"],
    ["the null path it was delivered with before", mail({ "Return-Path": "<>" }), null],
    ["its author", mail({ From: "Ann <a@x.example>, b@x.example" }), "a@x.example"],
    ["somebody, when it names none", "no header at all\r\n", "unknown@sender.invalid"],
    ["somebody, when it names none legibly", mail({ From: "Jos\u00e9" }), "unknown@sender.invalid"],
  ];
  test.each(senders)("is from %s unless it is said", async (_, message, envelopeFrom) => {
    await control.inbound(message, { rcpt: "ann@acme.example" });
    expect(await told()).toMatchObject([{ envelopeFrom }]);
  });

  test("of which nobody is ours is taken for nobody", async () => {
    for (const rcpt of ["a@foreign.example", "a@unverified.example", "a@example", "a@notacme.example"]) {
      expect(await control.inbound(MESSAGE, { rcpt })).toEqual({
        message_id: null,
        recipients: [],
        refused: [rcpt],
      });
    }
    expect(await told()).toEqual([]);
  });

  test("with a header of 2 MB is told of within what SNS publishes", async () => {
    const long = mail({
      Subject: "s".repeat(700_000),
      To: "a@b.example, ".repeat(60_000),
      "X-Long": "x".repeat(600_000),
    });
    await control.inbound(long, { rcpt: "ann@acme.example" });
    const [received] = await told();
    expect(received?.recipients).toEqual(["ann@acme.example"]);
    expect(received && (await sentOctets(received)).length).toBe(long.length);
    expect(hook.requests[0]?.body.length).toBeLessThan(256 * 1024);
    expect(hook.messages()[0]).toMatchObject({ mail: { headersTruncated: true } });
  });

  test("of 40 MB arrives, a larger one does not", async () => {
    const most = new Uint8Array(41_943_040).fill(0x61);
    const { message_id: id } = await control.inbound(most, { rcpt: "ann@acme.example" });
    const stored = await aws.s3("HEAD", `/postrider-inbound/mail/${id}`);
    expect(Number(stored.headers.get("content-length"))).toBeGreaterThan(most.length);
    expect((await post("?rcpt=ann@acme.example", new Uint8Array(41_943_041))).status).toBe(413);
  });

  test.each([
    ["nobody", ""],
    ["what is no address", "?rcpt=ann"],
    ["two lines", "?rcpt=ann@acme.example%0d%0aX:%20y"],
    ["a sender that is none", "?rcpt=a@acme.example&from=ann"],
    ["a verdict that is none", "?rcpt=a@acme.example&spam=maybe"],
    ["a parameter that is none", "?rcpt=a@acme.example&virusVerdict=PASS"],
  ])("for %s is refused with a hint", async (_, query) => {
    const answer = await post(query);
    expect([answer.status, await answer.json()]).toEqual([
      422,
      expect.objectContaining({ hint: expect.any(String) }),
    ]);
  });
});

describe("rules", () => {
  const ARN = "arn:aws:sns:us-east-1:000000000000";
  const bucketOf = (bucket: string, n = 1) => ({
    [`Rule.Actions.member.${n}.S3Action.BucketName`]: bucket,
    [`Rule.Actions.member.${n}.S3Action.TopicArn`]: `${ARN}:rules`,
  });
  const forRecipient = (recipient: string) => ({ "Rule.Recipients.member.1": recipient });

  /** A sandbox whose active set has these rules, enabled and not scanning, in this order. */
  async function withRules(...rules: readonly Record<string, string>[]) {
    const own = await startSandbox();
    await provision(own, "acme");
    const ownHook = await subscribeHook(own, "rules");
    await own.aws.sesQuery({ Action: "CreateReceiptRuleSet", RuleSetName: "own" });
    for (const [index, rule] of [...rules.entries()].toReversed()) {
      const made = await own.aws.sesQuery({
        Action: "CreateReceiptRule",
        RuleSetName: "own",
        "Rule.Name": `r${index}`,
        "Rule.Enabled": "true",
        ...rule,
      });
      expect(made.status).toBe(200);
    }
    await own.aws.sesQuery({ Action: "SetActiveReceiptRuleSet", RuleSetName: "own" });
    await own.settled();
    ownHook.requests.length = 0;
    const buckets = async () =>
      Object.fromEntries(
        (await told(own, ownHook)).map(({ place, recipients }) => [place.bucket, recipients]),
      );
    return { own, ownHook, buckets };
  }

  const rows: readonly (readonly [string, Record<string, string>, string, boolean])[] = [
    ["an address is that one", forRecipient("ann@acme.example"), "Ann@ACME.example", true],
    ["an address with any label", forRecipient("ann@acme.example"), "ann+news@acme.example", true],
    ["an address is no other", forRecipient("ann@acme.example"), "joann@acme.example", false],
    ["a domain is all of it", forRecipient("acme.example"), "any@acme.example", true],
    ["a domain is not what is below it", forRecipient("acme.example"), "any@in.acme.example", false],
    ["a dot is what is below a domain", forRecipient(".acme.example"), "any@a.in.acme.example", true],
    ["a dot is not the domain itself", forRecipient(".acme.example"), "any@acme.example", false],
    ["nobody named is everybody", {}, "any@in.acme.example", true],
    ["a domain that is not verified", forRecipient("foreign.example"), "any@foreign.example", false],
    ["a rule that is off", { "Rule.Enabled": "false" }, "any@acme.example", false],
  ];
  test.each(rows)("%s", async (_, rule, rcpt, isTaken) => {
    const { own } = await withRules({ ...rule, ...bucketOf("one-bucket") });
    const { recipients, refused } = await own.control.inbound(MESSAGE, { rcpt });
    expect([recipients, refused]).toEqual(isTaken ? [[rcpt], []] : [[], [rcpt]]);
  });

  test("each that matches gets its own recipients, in order, to the one that stops", async () => {
    const { own, buckets } = await withRules(
      { ...forRecipient("ann@acme.example"), ...bucketOf("for-ann") },
      { ...bucketOf("for-all"), "Rule.Actions.member.2.StopAction.Scope": "RuleSet" },
      bucketOf("never-come-to"),
    );
    await own.control.inbound(MESSAGE, { rcpt: ["ann@acme.example", "bea@acme.example"] });
    expect(await buckets()).toEqual({
      "for-ann": ["ann@acme.example"],
      "for-all": ["ann@acme.example", "bea@acme.example"],
    });
  });

  test("without an active set nothing is taken", async () => {
    const { own } = await withRules(bucketOf("one-bucket"));
    await own.aws.sesQuery({ Action: "SetActiveReceiptRuleSet" });
    expect((await own.control.inbound(MESSAGE, { rcpt: "ann@acme.example" })).recipients).toEqual([]);
  });

  test("a rule that does not scan says so, an SNS action brings the mail along", async () => {
    const { own, ownHook } = await withRules({
      "Rule.Actions.member.1.SNSAction.TopicArn": `${ARN}:rules`,
      "Rule.Actions.member.1.SNSAction.Encoding": "Base64",
    });
    await own.control.inbound(MESSAGE, { rcpt: "ann@acme.example", spam: "FAIL" });
    await own.control.inbound(mail({}, "x".repeat(160_000)), { rcpt: "ann@acme.example" });
    await own.settled();
    const [message, ...others] = ownHook.messages();
    // The second was larger than what comes this way.
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      receipt: {
        spamVerdict: { status: "DISABLED" },
        dkimVerdict: { status: "PASS" },
        action: { type: "SNS" },
      },
    });
    expect(Buffer.from(String(message?.["content"]), "base64").toString()).toEndWith(MESSAGE);
  });
});

describe("faults", () => {
  const arrive = () => control.inbound(MESSAGE, { rcpt: "ann@acme.example" });

  test("a notification is lost, doubled", async () => {
    await control.setFaults({ sns: { drop: 1, duplicate: true } });
    await arrive();
    const second = await arrive();
    expect((await told()).map(({ providerMessageId }) => providerMessageId)).toEqual([
      String(second.message_id),
      String(second.message_id),
    ]);
  });

  test("notifications are reordered", async () => {
    await control.setFaults({ sns: { reorder: true } });
    const [first, second] = [await arrive(), await arrive()];
    expect((await told()).map(({ providerMessageId }) => providerMessageId)).toEqual([
      String(second.message_id),
      String(first.message_id),
    ]);
  });

  test("the bucket fails as often as asked", async () => {
    const { message_id: id } = await arrive();
    await control.setFaults({ s3: { fail: { operation: "GetObject", status: 503, times: 3 } } });
    const get = async () => (await aws.s3("GET", `/postrider-inbound/mail/${id}`)).status;
    expect([await get(), await get(), await get(), await get()]).toEqual([503, 503, 503, 200]);
  });
});

/** A message that was sent as `acme` and delivered; its mailbox item's id. */
async function delivered(fields: Record<string, string>, to = "pat@x.example"): Promise<string> {
  const sent = await done(send(sandbox, mail({ To: to, ...fields }), { Destination: { ToAddresses: [to] } }));
  return String(sent["MessageId"]);
}

describe("a reply", () => {
  const references = (raw: Uint8Array): string | undefined =>
    /^References: ((?:.|\r\n[ \t])*)/m.exec(Buffer.from(raw).toString())?.[1]?.replaceAll("\r\n", "");

  test("goes to From, and names what it answers", async () => {
    const id = await delivered({ Subject: "Ihr Termin", References: "<a@acme.example>" });
    const reply = await control.reply(id, { text: "Ja.\nGrüße" });
    expect(reply).toMatchObject({ recipients: ["hi@acme.example"], refused: [] });
    expect(reply.reply_message_id).toEndWith("@x.example");
    const [received] = await told();
    if (received === undefined) throw new Error("nothing was told");
    expect(received).toMatchObject({
      providerMessageId: reply.message_id,
      envelopeFrom: "pat@x.example",
      fields: {
        fromAddress: "pat@x.example",
        subject: "Re: Ihr Termin",
        messageId: reply.reply_message_id,
        inReplyTo: [`${id}@email.amazonses.com`],
        references: ["a@acme.example", `${id}@email.amazonses.com`],
      },
    });
    const text = Buffer.from(await sentOctets(received)).toString();
    expect(text.replaceAll("\r\n", "")).not.toContain("\n");
    expect(text).toContain(Buffer.from("Ja.\r\nGrüße").toString("base64"));
  });

  test("goes to Reply-To, without the References that the program lost", async () => {
    const id = await delivered({ "Reply-To": "Desk <desk@acme.example>", References: "<a@acme.example>" });
    const reply = await control.reply(id, { text: "Yes", html: "<p>Yes</p>", strip_references: true });
    expect(reply.recipients).toEqual(["desk@acme.example"]);
    const [received] = await told();
    expect(received?.fields).toMatchObject({ inReplyTo: [`${id}@email.amazonses.com`], references: [] });
    const raw = received && (await sentOctets(received));
    expect(raw && references(raw)).toBeUndefined();
    expect(Buffer.from(raw ?? []).toString()).toContain("multipart/alternative");
  });

  test("has the subject and the author it is given, whatever they are made of", async () => {
    const id = await delivered({ Subject: "Re: =?UTF-8?Q?gr=C3=BCn?=" });
    await control.reply(id, { text: "" });
    const [first] = await told();
    expect(first?.fields.subject).toBe("Re: grün");
    const subject = "Ü".repeat(100);
    await control.reply(id, { text: "", subject, from: "colleague@y.example", to: "desk@acme.example" });
    expect((await told()).at(-1)).toMatchObject({
      recipients: ["desk@acme.example"],
      envelopeFrom: "colleague@y.example",
      fields: { subject, fromAddress: "colleague@y.example" },
    });
  });

  test("to a domain that receives nothing is refused there; to no mail, 404; with a line end, 422", async () => {
    const id = await delivered({ "Reply-To": "a@foreign.example" });
    expect(await control.reply(id, { text: "x" })).toMatchObject({
      message_id: null,
      refused: ["a@foreign.example"],
    });
    const ask = async (path: string, body: object) =>
      (
        await fetch(`${sandbox.url}/_sandbox/mailbox/${path}/reply`, {
          method: "POST",
          body: JSON.stringify(body),
        })
      ).status;
    expect(await ask("none", { text: "x" })).toBe(404);
    expect(await ask(id, { text: "x", subject: "a\r\nBcc: b@c.example" })).toBe(422);
    expect(await ask(id, { text: "x", strip: true })).toBe(422);
    expect(await ask(id, {})).toBe(422);
  });
});

test("an unsubscribe by mail arrives at the address the message names, one that names none offers none", async () => {
  const id = await delivered({
    "List-Unsubscribe": "<https://acme.example/u/x>, <mailto:u+token@acme.example?subject=leave%20me>",
  });
  expect(await control.unsubscribeByMail(id)).toMatchObject({
    url: "mailto:u+token@acme.example?subject=leave%20me",
    recipients: ["u+token@acme.example"],
  });
  expect(await told()).toMatchObject([
    { recipients: ["u+token@acme.example"], envelopeFrom: "pat@x.example", fields: { subject: "leave me" } },
  ]);
  const none = await delivered({ "List-Unsubscribe": "<https://acme.example/u/x>" });
  expect(control.unsubscribeByMail(none)).rejects.toThrow("409");
});

test("what is sent to a domain whose MX is SES's own inbound host arrives there, or bounces", async () => {
  await provision(sandbox, "beta");
  await control.setDns("beta.example", "MX", ["10 inbound-smtp.us-east-1.amazonaws.com"]);
  await control.setDns("gamma.example", "MX", ["10 inbound-smtp.us-east-1.amazonaws.com"]);
  const id = await delivered({ Subject: "Between us" }, "desk@beta.example");
  const [received, ...others] = await told();
  expect(others).toEqual([]);
  expect(received).toMatchObject({
    recipients: ["desk@beta.example"],
    envelopeFrom: `${id}@bounce.acme.example`,
    fields: { subject: "Between us", messageId: `${id}@email.amazonses.com` },
  });
  // Below what the mailbox's own server wrote on top, it is the same.
  const arrived = received && (await sentOctets(received));
  expect(Buffer.from(await control.raw(id)).toString()).toEndWith(Buffer.from(arrived ?? []).toString());
  expect(arrived?.length).toBeGreaterThan(100);
  // Nobody has verified this one, so SES refuses it.
  await delivered({}, "desk@gamma.example");
  expect(await control.mailbox("desk@gamma.example")).toEqual([]);
});
