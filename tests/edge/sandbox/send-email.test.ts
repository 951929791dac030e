// SendEmail of the sandbox: what it refuses, what the recipient's server gets, which events follow.
import { describe, expect, test } from "bun:test";
import PostalMime from "postal-mime";

import { startSandbox } from "../../support/sandbox.ts";
import {
  done,
  EVENT_TYPES,
  identityArn,
  mail,
  provision,
  refused,
  send,
  setArn,
  subscribeHook,
} from "./provisioned.ts";

const sandbox = await startSandbox();
const { aws, control } = sandbox;
await provision(sandbox, "acme");
const hook = await subscribeHook(sandbox, "events");
await done(
  aws.ses("POST", "/configuration-sets/acme/event-destinations", {
    EventDestinationName: "events",
    EventDestination: {
      Enabled: true,
      MatchingEventTypes: EVENT_TYPES,
      SnsDestination: { TopicArn: hook.topicArn },
    },
  }),
);
await sandbox.settled();

type SesEvent = { eventType: string; mail: Record<string, unknown> } & Record<string, unknown>;

/** What is published by `work`, in the order it was published. */
async function eventsOf(work: () => Promise<unknown>): Promise<SesEvent[]> {
  await sandbox.settled();
  hook.requests.length = 0;
  await work();
  await sandbox.settled();
  const order = ["Send", "Delivery"];
  const rank = ({ eventType }: SesEvent): number => order.indexOf(eventType) + 1 || 9;
  return (hook.messages() as SesEvent[]).toSorted((a, b) => rank(a) - rank(b));
}

const messageIdOf = async (sent: Promise<Response>): Promise<string> =>
  String((await done(sent))["MessageId"]);

describe("an accepted message", () => {
  test("gets SES's Message-ID and Date, loses its control fields, and keeps every other octet", async () => {
    const body = "--b\r\nContent-Type: text/plain\r\n\r\nHällo  \r\n.\r\n\r\n--b--\r\n";
    const message = mail(
      {
        "Message-ID": "<mine@acme.example>",
        Date: "Mon, 1 Jan 2001 00:00:00 +0000",
        Subject: "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=",
        References: "<one@x>\r\n <two@x>",
        "X-SES-TENANT": "other",
        "X-SES-CONFIGURATION-SET": "other",
        Bcc: "hidden@x.example",
        "X-Own": "kept",
        "Content-Type": "multipart/mixed; boundary=b",
      },
      body,
    );
    const messageId = await messageIdOf(
      send(sandbox, message, { Destination: { ToAddresses: ["Bytes@x.example"] } }),
    );
    expect(messageId).toMatch(
      /^0100[0-9a-f]{12}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-000000$/,
    );
    const [item, ...others] = await control.mailbox("bytes@x.example");
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      id: messageId,
      message_id: messageId,
      to: "Bytes@x.example",
      subject: "Grüße",
    });
    const raw = Buffer.from(await control.raw(messageId)).toString("utf8");
    expect(raw.slice(raw.indexOf("\r\n\r\n") + 4)).toBe(body);
    const head = raw.slice(0, raw.indexOf("\r\n\r\n") + 2);
    expect(head).toContain(`\r\nMessage-ID: <${messageId}@email.amazonses.com>\r\n`);
    expect(head).toContain("\r\nReferences: <one@x>\r\n <two@x>\r\n");
    expect(head).toContain("\r\nX-Own: kept\r\n");
    expect(head).toStartWith(`Return-Path: <${messageId}@bounce.acme.example>\r\n`);
    expect(head).toMatch(/\r\nFeedback-ID: 1\.us-east-1\.[^\r]+:AmazonSES\r\n/);
    expect(head).not.toMatch(/mine@|2001|X-SES-TENANT|X-SES-CONFIGURATION-SET|Bcc|hidden/);
    const parsed = await PostalMime.parse(raw);
    expect(Math.abs(Date.now() - Date.parse(parsed.date ?? ""))).toBeLessThan(60_000);
  });

  test("of 30 MB arrives whole", async () => {
    const line = `${"A".repeat(76)}\r\n`;
    const message = Buffer.from(mail({ "Content-Transfer-Encoding": "base64" }, line.repeat(400_000)));
    const to = { Destination: { ToAddresses: ["large@x.example"] } };
    const messageId = await messageIdOf(send(sandbox, message, to));
    const raw = Buffer.from(await control.raw(messageId));
    const bodyOf = (octets: Buffer): Buffer => octets.subarray(octets.indexOf("\r\n\r\n") + 4);
    expect(bodyOf(raw).equals(bodyOf(message))).toBe(true);
  });

  test("goes to those its fields name when there is no Destination", async () => {
    const message = mail({ To: '"B, b" <b@fields.example>, group: c@fields.example, D <d@fields.example>;' });
    await done(send(sandbox, message, { Destination: undefined, FromEmailAddress: undefined }));
    const got = await Promise.all(["b", "c", "d"].map((name) => control.mailbox(`${name}@fields.example`)));
    expect(got.map((items) => items.length)).toEqual([1, 1, 1]);
  });
});

describe("events", () => {
  test("of an ordinary mail: Send, then Delivery, with tags, headers and the SES id", async () => {
    const tags = [{ Name: "email_id", Value: "0198-abc" }];
    let messageId = "";
    const events = await eventsOf(async () => {
      messageId = await messageIdOf(
        send(sandbox, mail({ "Reply-To": "r@acme.example" }), { EmailTags: tags }),
      );
    });
    expect(events.map(({ eventType }) => eventType)).toEqual(["Send", "Delivery"]);
    const [sent, delivered] = events;
    expect(sent?.["send"]).toEqual({});
    expect(delivered?.["delivery"]).toMatchObject({
      recipients: ["a@x.example"],
      smtpResponse: "250 2.0.0 OK",
    });
    for (const { mail: about } of events) {
      expect(about).toMatchObject({
        messageId,
        source: "hi@acme.example",
        sourceArn: identityArn("acme.example"),
        sendingAccountId: "000000000000",
        destination: ["a@x.example"],
        headersTruncated: false,
        commonHeaders: {
          messageId,
          subject: "Hi",
          from: ["Acme <hi@acme.example>"],
          replyTo: ["r@acme.example"],
        },
        tags: {
          email_id: ["0198-abc"],
          "ses:configuration-set": ["acme"],
          "ses:tenant-name": ["acme"],
          "ses:from-domain": ["acme.example"],
          "ses:operation": ["SendEmail"],
        },
      });
      expect(about["headers"]).toContainEqual({ name: "Subject", value: "Hi" });
    }
  });

  const simulated: [address: string, events: string[], last: object][] = [
    ["success@simulator.amazonses.com", ["Send", "Delivery"], {}],
    [
      "bounce@simulator.amazonses.com",
      ["Send", "Bounce"],
      { bounceType: "Permanent", bounceSubType: "General" },
    ],
    ["Bounce+label@simulator.amazonses.com", ["Send", "Bounce"], { bounceType: "Permanent" }],
    [
      "ooto@simulator.amazonses.com",
      ["Send", "Delivery", "Bounce"],
      { bounceType: "Transient", bounceSubType: "General" },
    ],
    [
      "complaint@simulator.amazonses.com",
      ["Send", "Delivery", "Complaint"],
      { complaintFeedbackType: "abuse" },
    ],
    ["suppressionlist@simulator.amazonses.com", ["Send", "Bounce"], { bounceSubType: "Suppressed" }],
  ];
  test.each(simulated)("of %s", async (address, types, last) => {
    const events = await eventsOf(() =>
      done(send(sandbox, mail(), { Destination: { ToAddresses: [address] } })),
    );
    expect(events.map(({ eventType }) => eventType)).toEqual(types);
    const event = events.at(-1);
    expect(event?.[event.eventType.toLowerCase()]).toMatchObject(last);
    if (event?.["bounce"] !== undefined) {
      expect(event["bounce"]).toMatchObject({ bouncedRecipients: [{ emailAddress: address }] });
    }
    expect((await control.state()).suppressions).toEqual([]);
  });

  test("a suppressed address bounces without being tried", async () => {
    await done(
      aws.ses("PUT", "/suppression/addresses", {
        EmailAddress: "no@x.example",
        Reason: "BOUNCE",
        TenantName: "acme",
      }),
    );
    const to = { Destination: { ToAddresses: ["no@x.example"] } };
    const events = await eventsOf(() => done(send(sandbox, mail(), to)));
    expect(events.map(({ eventType }) => eventType)).toEqual(["Send", "Bounce"]);
    expect(events[1]?.["bounce"]).toMatchObject({
      bounceType: "Permanent",
      bounceSubType: "OnTenantSuppressionList",
    });
    expect(await control.mailbox("no@x.example")).toEqual([]);
    await done(aws.ses("DELETE", "/suppression/addresses/no%40x.example?TenantName=acme"));
  });

  test("an infected mail is taken and then rejected", async () => {
    const eicar = Buffer.from(
      String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`,
    );
    const message = mail({ "Content-Transfer-Encoding": "base64" }, `${eicar.toString("base64")}\r\n`);
    const to = { Destination: { ToAddresses: ["virus@x.example"] } };
    const events = await eventsOf(() => done(send(sandbox, message, to)));
    expect(events.map(({ eventType }) => eventType)).toEqual(["Send", "Reject"]);
    expect(events[1]?.["reject"]).toEqual({ reason: "Bad content" });
    expect(await control.mailbox("virus@x.example")).toEqual([]);
  });

  const made: [
    asked: { type: string } & Record<string, unknown>,
    eventType: string,
    member: string,
    expected: object,
  ][] = [
    [
      { type: "open", isBotEvent: "Likely" },
      "Open",
      "open",
      { isBotEvent: "Likely", ipAddress: "127.0.0.1" },
    ],
    [{ type: "click", link: "https://acme.example/a" }, "Click", "click", { link: "https://acme.example/a" }],
    [{ type: "auto_reply" }, "Bounce", "bounce", { bounceType: "Transient", bounceSubType: "General" }],
    [
      { type: "bounce", bounceType: "Transient", bounceSubType: "MailboxFull" },
      "Bounce",
      "bounce",
      { bounceSubType: "MailboxFull" },
    ],
    [
      { type: "complaint", complaintFeedbackType: "not-spam" },
      "Complaint",
      "complaint",
      { complaintFeedbackType: "not-spam" },
    ],
    [
      { type: "delivery_delay", delayType: "MailboxFull" },
      "DeliveryDelay",
      "deliveryDelay",
      { delayType: "MailboxFull" },
    ],
    [{ type: "reject" }, "Reject", "reject", { reason: "Bad content" }],
    [{ type: "rendering_failure" }, "Rendering Failure", "failure", { templateName: "none" }],
    [
      { type: "delivery", timestamp: "2026-01-02T03:04:05.678Z" },
      "Delivery",
      "delivery",
      { timestamp: "2026-01-02T03:04:05.678Z" },
    ],
    [{ type: "send" }, "Send", "send", {}],
  ];
  test.each(made)("made by the control path: %o", async (asked, eventType, member, expected) => {
    const messageId = await messageIdOf(send(sandbox, mail()));
    const events = await eventsOf(() => control.event(messageId, asked));
    expect(events).toEqual([
      expect.objectContaining({ eventType, [member]: expect.objectContaining(expected) }),
    ]);
    expect((await control.state()).suppressions).toEqual([]);
  });

  test("two opens at once are two events", async () => {
    const messageId = await messageIdOf(send(sandbox, mail()));
    const events = await eventsOf(() =>
      Promise.all([control.event(messageId, { type: "open" }), control.event(messageId, { type: "open" })]),
    );
    const times = events.map((event) => (event["open"] as { timestamp: string }).timestamp);
    expect(new Set(times).size).toBe(2);
  });

  test("a hard bounce and a complaint fill the tenant's list", async () => {
    const to = { Destination: { ToAddresses: ["gone@x.example"] } };
    const messageId = await messageIdOf(send(sandbox, mail(), to));
    await control.event(messageId, { type: "bounce" });
    expect((await control.state()).suppressions).toEqual([
      expect.objectContaining({ address: "gone@x.example", reason: "BOUNCE", tenant: "acme" }),
    ]);
    await done(aws.ses("DELETE", "/suppression/addresses/gone%40x.example?TenantName=acme"));
  });

  test("a type the destination does not want is not published, nor anything when it is off", async () => {
    await done(aws.ses("POST", "/configuration-sets", { ConfigurationSetName: "quiet" }));
    await done(aws.ses("POST", "/tenants/resources", { TenantName: "acme", ResourceArn: setArn("quiet") }));
    const destination = (name: string, more: object) =>
      aws.ses("POST", "/configuration-sets/quiet/event-destinations", {
        EventDestinationName: name,
        EventDestination: { SnsDestination: { TopicArn: hook.topicArn }, ...more },
      });
    await done(destination("bounces", { Enabled: true, MatchingEventTypes: ["BOUNCE"] }));
    await done(destination("off", { MatchingEventTypes: EVENT_TYPES }));
    expect(await eventsOf(() => done(send(sandbox, mail(), { ConfigurationSetName: "quiet" })))).toEqual([]);
  });
});

describe("refused", () => {
  const attachment = (disposition: string): string =>
    mail(
      { "Content-Type": "multipart/mixed; boundary=b" },
      `--b\r\nContent-Type: text/plain\r\n\r\nHi\r\n--b\r\nContent-Disposition: ${disposition}\r\n\r\nx\r\n--b--\r\n`,
    );
  const nested =
    '--b\r\nContent-Type: multipart/mixed;\r\n boundary="in ner"\r\n\r\n--in ner\r\n' +
    'Content-Type: application/octet-stream;\r\n name="a.ps1"\r\n\r\nx\r\n--in ner--\r\n--b--\r\n';
  const rejected = "MessageRejected";
  const bad = "BadRequestException";
  const rows: [name: string, message: string, more: object, expected: [number, string, string]][] = [
    [
      "an unverified sender",
      mail(),
      { FromEmailAddress: "hi@other.example" },
      [
        400,
        rejected,
        "Email address is not verified. The following identities failed the check in region US-EAST-1: hi@other.example",
      ],
    ],
    [
      "an unknown tenant",
      mail(),
      { TenantName: "no" },
      [404, "NotFoundException", "Tenant no for AwsAccountId 000000000000 not found."],
    ],
    [
      "an unknown set",
      mail(),
      { ConfigurationSetName: "no" },
      [404, "NotFoundException", "Configuration set <no> does not exist."],
    ],
    [
      "a tenant without a set",
      mail(),
      { ConfigurationSetName: undefined },
      [400, bad, "Configuration set is required"],
    ],
    [
      "a set of another",
      mail(),
      { ConfigurationSetName: "unassociated" },
      [403, "AccessDeniedException", `Tenant not associated with resources [${setArn("unassociated")}].`],
    ],
    [
      "nothing associated",
      mail(),
      { TenantName: "lonely", ConfigurationSetName: "unassociated" },
      [
        403,
        "AccessDeniedException",
        `Tenant not associated with resources [${identityArn("acme.example")}, ${setArn("unassociated")}].`,
      ],
    ],
    [
      "a paused set",
      mail(),
      { ConfigurationSetName: "paused" },
      [400, "SendingPausedException", "Sending is paused for configuration set paused"],
    ],
    ["no From", "To: a@x.example\r\n\r\nHi\r\n", {}, [400, bad, "Missing required header 'From'."]],
    ["two Subjects", `Subject: a\r\n${mail()}`, {}, [400, bad, "Duplicate header 'Subject'."]],
    ["a line of 1001 octets", mail({}, `${"a".repeat(999)}\r\n`), {}, [400, bad, "longer than 1000"]],
    [
      "an .exe",
      attachment('attachment; filename="a.pdf.EXE"'),
      {},
      [400, bad, "Unsupported attachment filename"],
    ],
    [
      "an .exe by RFC 2231",
      attachment("attachment; filename*0*=UTF-8''%C3%A4; filename*1*=%2Eexe"),
      {},
      [400, bad, "Unsupported attachment filename: 'ä.exe'"],
    ],
    [
      "an .exe within",
      mail({ "Content-Type": "multipart/mixed; boundary=b" }, nested),
      {},
      [400, bad, "'a.ps1'"],
    ],
    [
      "501 parts",
      mail({ "Content-Type": "multipart/mixed; boundary=b" }, "--b\r\n\r\n\r\n".repeat(500)),
      {},
      [400, bad, "500 MIME parts"],
    ],
    [
      "51 recipients",
      mail(),
      { Destination: { ToAddresses: Array.from({ length: 51 }, (_, n) => `a${n}@x.example`) } },
      [400, bad, "Recipient count exceeds 50."],
    ],
    [
      "a recipient without a domain",
      mail(),
      { Destination: { ToAddresses: ["a"] } },
      [400, bad, "Invalid address: a"],
    ],
    [
      "a local part that is not ASCII",
      mail(),
      { Destination: { ToAddresses: ["ä@x.example"] } },
      [400, bad, "Invalid address"],
    ],
    ["nobody", mail(), { Destination: { ToAddresses: [] } }, [400, bad, "Destination list is empty."]],
    [
      "a tag with a dot",
      mail(),
      { EmailTags: [{ Name: "a.b", Value: "c" }] },
      [400, bad, "1 validation error"],
    ],
    ["other content than raw", mail(), { Content: { Simple: {} } }, [400, bad, "raw content only"]],
    [
      "no base64",
      mail(),
      { Content: { Raw: { Data: "####" } } },
      [400, "SerializationException", "not base64"],
    ],
    [
      "no base64, and long",
      mail(),
      { Content: { Raw: { Data: `${"AAAA".repeat(20_000)}A#A=` } } },
      [400, "SerializationException", "not base64"],
    ],
  ];
  test.each(rows)("%s", async (_, message, more, [status, type, text]) => {
    await aws.ses("POST", "/tenants", { TenantName: "lonely" });
    await aws.ses("POST", "/configuration-sets", { ConfigurationSetName: "unassociated" });
    const paused = { ConfigurationSetName: "paused", SendingOptions: { SendingEnabled: false } };
    await aws.ses("POST", "/configuration-sets", paused);
    await aws.ses("POST", "/tenants/resources", { TenantName: "acme", ResourceArn: setArn("paused") });
    const before = (await control.state()).mailbox_count;
    expect(await refused(send(sandbox, message, more))).toEqual([
      status,
      type,
      expect.stringContaining(text),
    ]);
    expect((await control.state()).mailbox_count).toBe(before);
  });

  test("a message over 40 MB, and not one of exactly 40 MB", async () => {
    const size = 41_943_040;
    const message = Buffer.alloc(size, `${"A".repeat(98)}\r\n`);
    message.write(mail(), 0);
    await done(send(sandbox, message));
    expect(await refused(send(sandbox, Buffer.concat([message, Buffer.from("A")])))).toEqual([
      400,
      "BadRequestException",
      expect.stringContaining("Message length is more than 41943040 bytes long"),
    ]);
  });

  test("while the account or the tenant pauses", async () => {
    const pauses: [change: object, back: object, type: string][] = [
      [{ sending_enabled: false }, { sending_enabled: true }, "SendingPausedException"],
      [{ enforcement_status: "SHUTDOWN" }, { enforcement_status: "HEALTHY" }, "AccountSuspendedException"],
      [
        { tenants: { acme: { sending_status: "DISABLED" } } },
        { tenants: { acme: { sending_status: "REINSTATED" } } },
        "SendingPausedException",
      ],
    ];
    for (const [change, back, type] of pauses) {
      await control.setAccount(change);
      expect((await refused(send(sandbox, mail()))).slice(0, 2)).toEqual([400, type]);
      await control.setAccount(back);
      await done(send(sandbox, mail()));
    }
  });

  test("to anybody not verified while the account is in SES's sandbox", async () => {
    await control.setAccount({ production_access: false });
    expect((await refused(send(sandbox, mail())))[2]).toEndWith("US-EAST-1: a@x.example");
    const own = { Destination: { ToAddresses: ["me@acme.example", "success@simulator.amazonses.com"] } };
    await done(send(sandbox, mail(), own));
    await control.setAccount({ production_access: true });
  });

  test("when MAIL FROM must stand and does not", async () => {
    const path = "/identities/acme.example/mail-from";
    const mailFrom = { MailFromDomain: "bounce.acme.example", BehaviorOnMxFailure: "REJECT_MESSAGE" };
    await done(aws.ses("PUT", path, mailFrom));
    await done(send(sandbox, mail()));
    await control.setDns("bounce.acme.example", "MX", ["10 mx.other.example"]);
    expect((await refused(send(sandbox, mail())))[1]).toBe("MailFromDomainNotVerifiedException");
    await done(aws.ses("PUT", path, { MailFromDomain: "bounce.acme.example" }));
    await done(send(sandbox, mail()));
  });

  test("over the rate, and over the day's quota, which the simulator does not use up", async () => {
    await control.setAccount({ max_send_rate: 0.001 });
    expect(await refused(send(sandbox, mail()))).toEqual([
      429,
      "TooManyRequestsException",
      "Maximum sending rate exceeded.",
    ]);
    await control.setAccount({ max_send_rate: 10_000, max_24_hour_send: 0 });
    expect(await refused(send(sandbox, mail()))).toEqual([
      429,
      "TooManyRequestsException",
      "Daily message quota exceeded",
    ]);
    const { SendQuota: before } = await done(aws.ses("GET", "/account"));
    await done(send(sandbox, mail(), { Destination: { ToAddresses: ["success@simulator.amazonses.com"] } }));
    const { SendQuota: after } = await done(aws.ses("GET", "/account"));
    expect(after).toEqual(before);
    await control.setAccount({ max_24_hour_send: -1 });
    await done(send(sandbox, mail()));
  });
});
