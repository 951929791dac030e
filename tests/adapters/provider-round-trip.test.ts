// All adapters to Amazon and to DNS together, against the sandbox, which speaks the wire protocols by code of its own.
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSignedFetch } from "../../adapters/aws/signed-fetch.ts";
import { makeDohResolver } from "../../adapters/doh/dns-resolver.ts";
import { renderToOctets } from "../../adapters/mime/render.ts";
import { makeSesMailProvider } from "../../adapters/ses/mail-provider.ts";
import { makeSesMailer } from "../../adapters/ses/mailer.ts";
import { makeNotificationReader } from "../../adapters/sns/notification-reader.ts";
import { makeSigningKeys } from "../../adapters/sns/signing-key.ts";
import { subscribeHook } from "../../adapters/sns/subscribe.ts";
import { makeSnsTopicConfirmer } from "../../adapters/sns/topic-confirmer.ts";
import { nodeChunkDigest } from "../../adapters/system/chunk-digest-node.ts";
import { systemClock } from "../../adapters/system/clock.ts";
import { makeIdSource } from "../../adapters/system/id-source.ts";
import { streamedBody } from "../../adapters/system/known-length-body.ts";
import type { MailEvent } from "../../core/email/mail-event.ts";
import { makePlan } from "../../core/message/plan.ts";
import type { OutgoingMail } from "../../core/ports/mailer.ts";
import { deriveDnsRecords } from "../../core/setup/dns-records.ts";
import { SANDBOX_CREDENTIALS, SANDBOX_REGION, sandboxEndpoints } from "../../edge/sandbox/endpoints.ts";
import { startSandbox } from "../support/sandbox.ts";
import { startStubServer } from "../support/stub-server.ts";

const DOMAIN = "mail.acme.example";
const TAGS = { installation: "inst", owner: "setup-1", attempt: "try-1" };
const done = { ok: true, value: undefined } as const;

const sandbox = await startSandbox();
const { dohUrls, ...addresses } = sandboxEndpoints(sandbox.url);
const endpoints = { ...addresses, sqs: "" };
const signedFetch = makeSignedFetch({ region: SANDBOX_REGION, credentials: SANDBOX_CREDENTIALS });
const ids = makeIdSource(systemClock);

test("provision, verify, send small and large, read the events, take down", async () => {
  // The hook, as the edge has it.
  const events: MailEvent[] = [];
  const confirmed = Promise.withResolvers<void>();
  const topicArns: string[] = [];
  const reader = makeNotificationReader(
    { keys: makeSigningKeys(endpoints.sns), clock: systemClock, ids },
    { topicArns, allowSha1: false, inboundStore: null },
  );
  const confirmer = makeSnsTopicConfirmer(signedFetch, { endpoints });
  const hook = startStubServer(async ({ body }) => {
    const read = await reader.read(body);
    if (read.kind === "mail_event") events.push(read.event);
    if (read.kind === "confirmation") {
      expect(await confirmer.confirm(read.topicArn, read.token)).toEqual(done);
      confirmed.resolve();
    }
    return new Response(null, { status: read.kind === "refused" ? 403 : 200 });
  });
  // The topic's name is settled before its first message comes.
  topicArns.push(`arn:aws:sns:${SANDBOX_REGION}:000000000000:events`);
  const eventTopicArn = await subscribeHook(
    signedFetch,
    { endpoints },
    { topicName: "events", hookUrl: hook.url },
  );
  expect(topicArns).toEqual([eventTopicArn]);
  await confirmed.promise;

  const provider = makeSesMailProvider(signedFetch, { region: SANDBOX_REGION, endpoints, eventTopicArn });
  const created = await provider.createTenant("acme", TAGS);
  if (!created.ok) throw new Error(created.error.reason);
  const tenant = { tenantName: "acme", tenantArn: created.value.tenantArn };
  expect(await provider.getTenant("acme")).toEqual({
    ok: true,
    value: { tenantArn: tenant.tenantArn, tags: TAGS },
  });
  expect(await provider.createTenant("acme", TAGS)).toMatchObject({ error: { kind: "already_exists" } });
  expect(await provider.getTenant("nobody")).toMatchObject({ error: { kind: "not_found" } });

  const keys = await provider.createIdentity(DOMAIN, TAGS);
  if (!keys.ok) throw new Error(keys.error.reason);
  expect(await provider.setMailFrom(DOMAIN, `bounce.${DOMAIN}`)).toEqual(done);
  expect(await provider.disableFeedbackForwarding(DOMAIN)).toEqual(done);
  const identity = { kind: "identity", domain: DOMAIN } as const;
  expect(await provider.associate(tenant, identity)).toEqual(done);
  expect(await provider.associate(tenant, identity)).toMatchObject({ error: { kind: "already_exists" } });
  expect(await provider.createConfigurationSet("acme-set", null, TAGS)).toEqual(done);
  expect(await provider.createEventDestination("acme-set")).toEqual(done);
  const set = { kind: "configuration_set", name: "acme-set" } as const;

  const records = deriveDnsRecords({ domainIdentity: DOMAIN, region: SANDBOX_REGION, dkim: keys.value });
  const dns = makeDohResolver(dohUrls);
  for (const { address, type } of records)
    expect((await dns.lookup(address, type, 3000)).map(({ kind }) => kind)).toEqual(["none", "none"]);
  await sandbox.control.publishDns(records);
  for (const { address, type, record } of records) {
    const found = { kind: "records", values: [record] } as const;
    expect(await dns.lookup(address, type, 3000)).toEqual([found, found]);
  }
  expect(await provider.getIdentity(DOMAIN)).toMatchObject({
    value: { verifiedForSending: true, dkimStatus: "success", mailFromStatus: "success", tags: TAGS },
  });

  const mailer = makeSesMailer(
    {
      signedFetch,
      mailProvider: provider,
      clock: systemClock,
      pause: () => Promise.resolve(),
      jitter: () => 0,
      chunkDigest: nodeChunkDigest,
      knownLengthBody: streamedBody,
    },
    { endpoints },
  );
  const headers = `From: hi@${DOMAIN}\r\nTo: a@example.org\r\nSubject: hello\r\nMIME-Version: 1.0\r\n`;
  const small: OutgoingMail = {
    emailId: ids.newId(),
    workspaceId: ids.newId(),
    useCaseId: ids.newId(),
    ...tenant,
    configurationSetName: "acme-set",
    domainIdentity: DOMAIN,
    fromAddress: `hi@${DOMAIN}`,
    toAddress: "success@simulator.amazonses.com",
    message: makePlan([{ kind: "text", text: `${headers}Content-Type: text/plain\r\n\r\nhi\r\n` }]),
  };
  // The set was never associated: the mailer mends that.
  expect((await mailer.send(small)).kind).toBe("accepted");

  const octets = crypto.getRandomValues(new Uint8Array(65_536));
  const large = makePlan([
    {
      kind: "text",
      text: `${headers}Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n`,
    },
    ...Array.from({ length: 20 }, () => ({ kind: "base64", octets }) as const),
  ]);
  const largeMail = {
    ...small,
    emailId: ids.newId(),
    toAddress: "large@simulator.amazonses.com",
    message: large,
  };
  await sandbox.control.clearCalls();
  const sent = await mailer.send({ ...largeMail, toAddress: "success+large@simulator.amazonses.com" });
  if (sent.kind !== "accepted") throw new Error(JSON.stringify(sent));
  const [delivered] = await sandbox.control.mailbox("success+large@simulator.amazonses.com");
  const raw = await sandbox.control.raw(delivered?.id ?? "");
  const content = (message: Uint8Array): string => {
    const text = Buffer.from(message).toString("latin1");
    return createHash("sha256")
      .update(text.slice(text.indexOf("\r\n\r\n")))
      .digest("hex");
  };
  expect(content(raw)).toBe(content(renderToOctets(large)));

  await sandbox.settled();
  for (const mail of [small, largeMail])
    expect(
      events
        .filter(({ emailId }) => emailId === mail.emailId)
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual(["Delivery", "Send"]);

  expect(await provider.deleteConfigurationSet("acme-set")).toMatchObject({ error: { kind: "refused" } });
  expect(await provider.dissociate(tenant, set)).toEqual(done);
  expect(await provider.dissociate(tenant, identity)).toEqual(done);
  expect(await provider.deleteConfigurationSet("acme-set")).toEqual(done);
  expect(await provider.deleteIdentity(DOMAIN)).toEqual(done);
  expect(await provider.deleteTenant("acme")).toEqual(done);
  expect(await provider.deleteTenant("acme")).toMatchObject({ error: { kind: "not_found" } });
});
