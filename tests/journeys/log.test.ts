// What the program writes while it works: a line per request that finds it again, and never an address, a
// subject, a body, a file's name or a key.
import { test } from "bun:test";
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { domainOf } from "../../core/email/address.ts";
import { assertStatus } from "../support/api-client.ts";
import {
  askInbound,
  attachmentPath,
  downloaded,
  inboundList,
  messageOf,
  receive,
} from "../support/inbound-mail.ts";
import { published } from "../support/own-topic.ts";
import { OPERATOR_KEY } from "../support/program.ts";
import { startOwnProgram } from "../support/own-program.ts";
import { until } from "../support/until.ts";
import { newVoiceLine } from "../support/voice.ts";

const { world, outputFile, dataDir } = await startOwnProgram();

test("the log holds every request and nothing that is confidential", async () => {
  const workspace = await world.newWorkspace();
  const sender = await workspace.sender({ sender_display_name: "Secret Sender" });
  const secrets = {
    to_address: "confidential.patient@example.org",
    subject: "Confidential subject",
    body_html: "<p>Confidential body</p>",
    attachments: [
      {
        name: "confidential-file.pdf",
        type: "application/pdf",
        octets: new TextEncoder().encode("Confidential octets"),
      },
    ],
  };
  const idempotencyKey = "confidential-idempotency-key";
  const sent = await sender.send(secrets, idempotencyKey);
  await sender.emailIn(sent.id, "delivered");
  await sender.emails({ to_address: secrets.to_address });
  const file = await workspace.api.call(
    "GET",
    workspace.path(`/email/${sent.id}/attachment/confidential-file.pdf`),
  );
  const location = file.headers.get("location") ?? "";
  assertStatus(await world.anonymous.call("GET", location), 200, "download");

  const recipient = sender.useCase.sender_email_address;
  const inbound = messageOf(
    {
      From: "Confidential Patient <confidential.patient@example.org>",
      To: recipient,
      Subject: "Confidential answer",
      "Message-ID": "<confidential-message@example.org>",
      "Content-Type": 'text/plain; name="confidential-file.txt"',
    },
    "Confidential text",
  );
  const bucketFault = { s3: { fail: { operation: "GetObject", status: 500, times: 1 } } };
  const answer = await world.sandbox.withFaults(bucketFault, async () => {
    const listed = receive(sender, inbound, { rcpt: [recipient, `confidential@${domainOf(recipient)}`] });
    await until(
      "the bucket has refused it",
      () => world.sandbox.calls("GetObject"),
      (calls) => calls.some(({ status }) => status === 500),
    );
    await world.operator.call("POST", "/v1/operator/tick", {
      json: { now: new Date(Date.now() + 600_000).toISOString() },
    });
    return listed;
  });
  const confidential = attachmentPath("confidential-file.txt");
  assert.equal((await downloaded(sender, answer.id, confidential)).text.trim(), "Confidential text");
  await askInbound(sender, answer.id, attachmentPath("confidential-other.txt"));
  await inboundList(sender, { from_address: secrets.to_address });

  const line = await newVoiceLine(workspace);
  const { webhooks } = await world.sandbox.callPhoneNumber(line.number.phone_number_sid);
  assert.equal(webhooks.length, 2);
  await workspace.api.call("POST", "/v1/twilio-setup", { json: line.account.body });
  for (const status of [400, 401, 500]) {
    const fail = { operation: "UpdateIncomingPhoneNumber", status, message: line.number.phone_number };
    const release = `/v1/use-case/${line.useCase.id}/phone-number/${line.number.id}`;
    await world.sandbox.withFaults({ twilio: { fail } }, () => workspace.api.call("DELETE", release));
  }

  // Refusals and outages, whose texts come from elsewhere and quote what was sent.
  await sender.post({ ...secrets, to_address: "confidential patient" });
  const message = `Address ${secrets.to_address} is blacklisted`;
  for (const [status, error] of [
    [400, "MessageRejected"],
    [403, "AccessDeniedException"],
    [500, "InternalFailure"],
  ] as const) {
    const fail = { operation: "SendEmail", status, error, message };
    await world.sandbox.withFaults({ ses: { fail } }, () => sender.post(secrets));
  }
  const request = await workspace.api.call("GET", "/v1/nothing?q=confidential-query", {
    headers: { "x-request-id": "find-me.1", "workspace-id": "confidential-header" },
  });
  assert.equal(request.status, 404);

  const output = await until(
    "the last request is logged",
    () => Bun.file(outputFile).text(),
    (text) => text.includes("find-me.1"),
  );
  const lines = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const send = lines.find(
    (line) => line["route"] === "/v1/:workspace_id/email/send" && line["status"] === 201,
  );
  assert.equal(send?.["method"], "POST");
  assert.equal(send["workspace_id"], workspace.id);
  assert.equal(typeof send["duration_ms"], "number");
  assert.equal(lines.find((line) => line["request_id"] === "find-me.1")?.["status"], 404);

  assert.doesNotMatch(output, /confidential|secret sender/i);
  const [token] = location.split("/").slice(-1);
  const voiceSecrets = [line.account.authToken, line.number.phone_number, "15550"];
  for (const secret of [
    workspace.api.key,
    OPERATOR_KEY,
    sender.useCase.sender_email_address,
    token,
    ...voiceSecrets,
  ])
    assert.ok(secret && !output.includes(secret), "a key, a token or an address was written");
});

test("what SNS posts and is not taken: the log says why", async () => {
  const inBucket = (bucketName: string, objectKey: string): object => ({ type: "S3", bucketName, objectKey });
  const received = (action: object, recipients: readonly string[] = ["pat@mail.example"]): string =>
    JSON.stringify({
      notificationType: "Received",
      mail: { messageId: "receipt", timestamp: "2026-01-02T03:04:05.000Z" },
      receipt: { recipients, action },
    });
  const rows: readonly (readonly [message: string, reason: string])[] = [
    [received({ type: "SNS" }), 'unsupported: a mail received by the action "SNS"'],
    [received(inBucket("elsewhere", "mail/receipt")), "outside of INBOUND_STORE: elsewhere"],
    [received(inBucket("postrider-inbound", "mail/receipt"), []), "a mail for nobody"],
    [received({ type: "S3" }), "malformed_event: receipt.action names no object"],
  ];
  for (const [message] of rows) assert.equal(await published(world, message), 200);
  const forged = await world.anonymous.call("POST", "/hooks/sns", { body: "{}" });
  assert.equal(forged.status, 403);
  const reasons = [...rows.map(([, reason]) => reason), "unknown_type"];
  await until(
    "the reasons are logged",
    () => Bun.file(outputFile).text(),
    (text) => {
      const logged = text.split("\n").filter((line) => line.includes('"/hooks/sns"'));
      return reasons.every((reason) => logged.some((line) => line.includes(JSON.stringify(reason))));
    },
  );
});

test("a Twilio account's token lies in none of the program's files, whatever became of its setup", async () => {
  const { workspace, account, setup, useCase, number } = await newVoiceLine(await world.newWorkspace());
  const present = "present-token-of-the-account";
  const assertSealed = async (): Promise<void> => {
    const names = (await readdir(dataDir)).filter((name) => name.startsWith("postrider.db"));
    const files = await Promise.all(names.map((name) => Bun.file(join(dataDir, name)).text()));
    const stored = files.join("");
    assert.ok(stored.includes(account.accountSid), "these are not the files that setups are stored in");
    for (const token of [account.authToken, btoa(account.authToken), present])
      assert.ok(!stored.includes(token), "a token was stored as it is");
  };
  await assertSealed();
  await world.sandbox.setTwilioAccount(account.accountSid, { auth_token: present });
  const replace = `/v1/twilio-setup/${setup.id}/auth-token`;
  await workspace.api.expect(200, "POST", replace, { json: { auth_token: present } });
  await assertSealed();
  for (const path of [
    `/v1/use-case/${useCase.id}/phone-number/${number.id}`,
    `/v1/use-case/${useCase.id}`,
    `/v1/twilio-setup/${setup.id}`,
  ])
    assertStatus(await workspace.api.call("DELETE", path), 204, path);
  await assertSealed();
  assert.ok(!(await Bun.file(outputFile).text()).includes(present));
});
