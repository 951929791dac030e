// Journeys that need other settings than the usual ones: setups shared by the platform, and no grace
// for a setup that lost a record (section 1.4).
import { test } from "bun:test";
import assert from "node:assert/strict";
import type { SetupDetail, SetupItem, SetupPage } from "../support/api-shapes.ts";
import { wireIdOf } from "../support/correspondence.ts";
import {
  askInbound,
  attachmentPath,
  inboundList,
  messageOf,
  receive,
  threadOf,
} from "../support/inbound-mail.ts";
import { makeMailSender } from "../support/mail-sender.ts";
import { startOwnProgram } from "../support/own-program.ts";
import { assertProblem, assertRefused } from "../support/refusals.ts";
import { newVoiceLine, voiceUseCaseUnder } from "../support/voice.ts";
import { useCaseOn } from "../support/world.ts";

const { world } = await startOwnProgram({
  environment: { SETUP_SHARING: "platform", DNS_GRACE_SECONDS: "0" },
});

test("shared setups are read, verified and bound by every workspace, and deleted by their owner alone", async () => {
  const owner = await world.newWorkspace();
  const guest = await world.newWorkspace();
  const setup = await owner.newSetup();
  await owner.publish(setup);
  const { api, path } = guest;

  const listed = await api.get<{ items: readonly SetupItem[] }>("/v1/ses-setup");
  assert.deepEqual(
    listed.items.map(({ id }) => id),
    [setup.id],
  );
  assert.equal((await api.get<SetupPage>(path("/channels/ses-setup"))).total, 1);
  assert.equal((await api.get<SetupDetail>(`/v1/ses-setup/${setup.id}`)).id, setup.id);
  const verified = await api.expect<SetupDetail>(200, "POST", path(`/channels/ses-setup/${setup.id}/verify`));
  assert.ok(verified.dns_records.every((record) => record.verified));
  const useCase = await guest.useCase(setup);

  // What stays with the owner; and what is the guest's stays the guest's.
  assertProblem(await api.call("DELETE", `/v1/ses-setup/${setup.id}`), {
    status: 404,
    code: "setup_not_found",
  });
  assertProblem(await owner.api.call("GET", `/v1/use-case/${useCase.id}`), {
    status: 404,
    code: "use_case_not_found",
  });
  assertProblem(await owner.api.call("DELETE", `/v1/ses-setup/${setup.id}`), {
    status: 409,
    code: "setup_in_use",
  });
});

test("a Twilio setup is shared with nobody: its account pays for what is done with it", async () => {
  const owner = await newVoiceLine(await world.newWorkspace());
  const { api, path } = await world.newWorkspace();
  const { setup, useCase } = owner;
  const notFound = { status: 404, code: "twilio_setup_not_found" };
  for (const [method, rest] of [
    ["GET", ""],
    ["DELETE", ""],
    ["GET", "/phone-number"],
  ] as const)
    for (const family of ["/v1/twilio-setup", path("/channels/twilio-setup")])
      assertProblem(await api.call(method, `${family}/${setup.id}${rest}`), notFound);
  const json = voiceUseCaseUnder(world, setup);
  assertProblem(await api.call("POST", "/v1/use-case", { json }), notFound);
  for (const list of ["/v1/twilio-setup", path("/channels/twilio-setup")])
    assert.deepEqual((await api.get<{ items: unknown[] }>(list)).items, []);
  assertProblem(await api.call("GET", `/v1/use-case/${useCase.id}/phone-number`), {
    status: 404,
    code: "use_case_not_found",
  });
});

test("the mails of a shared setup are their sender's alone", async () => {
  const owner = await world.newWorkspace();
  const guest = await world.newWorkspace();
  const ownersSender = await owner.sender();
  const guestsUseCase = await guest.useCase(ownersSender.setup);
  const form = ownersSender.form({ use_case_id: guestsUseCase.id, to_address: ownersSender.newRecipient() });
  const sent = await guest.api.expect<{ id: string }>(201, "POST", guest.path("/email/send"), { form });
  const scope = `?setup_id=${ownersSender.setup.id}`;
  const ids = async (workspace: typeof owner): Promise<string[]> =>
    (await workspace.api.get<{ emails: { id: string }[] }>(workspace.path(`/email${scope}`))).emails.map(
      ({ id }) => id,
    );
  assert.deepEqual(await ids(guest), [sent.id]);
  assert.deepEqual(await ids(owner), []);
  assertProblem(await owner.api.call("GET", owner.path(`/email/${sent.id}`)), {
    status: 404,
    code: "email_not_found",
  });
  assertProblem(await ownersSender.post({ use_case_id: guestsUseCase.id }), {
    status: 404,
    code: "use_case_not_found",
  });
});

test("what arrives for a shared setup is its owner's alone, also where it answers a guest's mail", async () => {
  const owner = await world.newWorkspace();
  const ownersSender = await owner.sender();
  const { setup } = ownersSender;
  const guest = await world.newWorkspace();
  const guests = makeMailSender(guest, setup, await guest.useCase(setup));
  const pat = guests.newRecipient();
  const sent = await guests.send({ to_address: pat });
  const rcpt = guests.useCase.sender_email_address;
  const fields = { From: pat, Subject: "Hello", "In-Reply-To": wireIdOf(sent) };
  const mail = await receive(ownersSender, messageOf(fields), { rcpt });
  // Nothing of the guest's is told to the owner: neither which mail it answers nor by whom it was sent.
  assert.deepEqual(
    [mail.parent_email_id, mail.ses_use_case_id, mail.matched_by, mail.thread_id],
    [null, null, "none", mail.id],
  );
  for (const query of [{ setup_id: setup.id }, { use_case_id: guests.useCase.id }])
    assert.deepEqual((await inboundList(guests, query)).emails, []);
  const notFound = { status: 404, code: "inbound_email_not_found" };
  for (const ending of ["", "/body", "/raw", attachmentPath("a.pdf")])
    assertProblem(await askInbound(guests, mail.id, ending), notFound);
  assertProblem(await guests.post({ to_address: pat, in_reply_to_id: mail.id }), notFound);
  assert.deepEqual(
    (await threadOf(guests, sent.id)).messages.map(({ id }) => id),
    [sent.id],
  );
  assertProblem(await guest.api.call("GET", guest.path(`/email/thread/${mail.id}`)), {
    status: 404,
    code: "thread_not_found",
  });
  await ownersSender.send({ to_address: pat, in_reply_to_id: mail.id });
});

test("without a grace, a setup that lost a record sends nothing until it is back", async () => {
  const sender = await (await world.newWorkspace()).sender();
  const { workspace, setup } = sender;
  const dmarc = setup.dns_records[5];
  assert.equal(dmarc?.type, "TXT");
  await world.sandbox.removeDns(dmarc.address, "TXT");
  const verify = (): Promise<SetupDetail> =>
    workspace.api.expect<SetupDetail>(200, "POST", `/v1/ses-setup/${setup.id}/verify`);
  await verify();
  const octets = new TextEncoder().encode("a");
  await assertRefused(workspace, [
    {
      name: "a send",
      ask: () => sender.post({ attachments: [{ name: "a.txt", type: "text/plain", octets }] }, "k1"),
      status: 409,
      code: "dns_not_verified",
    },
    {
      name: "a use case",
      ask: () => workspace.api.call("POST", "/v1/use-case", { json: useCaseOn(world, setup) }),
      status: 409,
      code: "dns_not_verified",
    },
  ]);
  await workspace.publish(setup);
  await verify();
  await sender.send({}, "k1");
});
