// From nothing to a delivered message: what a newcomer does with the README, every answer looked at whole.
import assert from "node:assert/strict";
import PostalMime from "postal-mime";
import { type ApiAnswer, assertStatus, jsonOf } from "../support/api-client.ts";
import { assertMembers, type EmailDetail, type SentEmail, type SetupDetail } from "../support/api-shapes.ts";
import { multipartBody } from "../support/multipart-body.ts";
import { randomFile } from "../support/mail-sender.ts";
import { listedSetup, type Journey, type World } from "../support/world.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The seven records, from what the provider itself answered. */
async function expectedRecords(world: World, domain: string): Promise<object[]> {
  const identity = (await world.sandbox.state()).identities.find(({ name }) => name === domain);
  assert.ok(identity, `the provider has no identity ${domain}`);
  const dkim = identity.dkim_tokens.map((token) => ({
    address: `${token}._domainkey.${domain}`,
    record: `${token}.dkim.amazonses.com`,
    type: "CNAME",
  }));
  return [
    ...dkim,
    { address: `bounce.${domain}`, record: "10 feedback-smtp.us-east-1.amazonses.com", type: "MX" },
    { address: `bounce.${domain}`, record: "v=spf1 include:amazonses.com ~all", type: "TXT" },
    { address: `_dmarc.${domain}`, record: "v=DMARC1; p=none;", type: "TXT" },
    { address: domain, record: "10 inbound-smtp.us-east-1.amazonaws.com", type: "MX" },
  ];
}

/** Readers differ in which line ends they give back. */
const withLf = (text: string | undefined): string => text?.replaceAll("\r\n", "\n") ?? "";

const plain = ({ dns_records: records }: SetupDetail): object[] =>
  records.map(({ address, record, type }) => ({ address, record, type }));

export const journeys: readonly Journey[] = [
  {
    name: "a domain is registered, published and verified",
    async run(world) {
      const workspace = await world.newWorkspace();
      assert.match(workspace.id, UUID_V7);
      const name = world.unique("clinic");
      const body = { tenant_name: name, domain_identity: `Mail.${name}.Example` };
      const setup = await workspace.api.expect<SetupDetail>(201, "POST", "/v1/ses-setup", { json: body });
      const domain = `mail.${name}.example`;
      assertMembers(setup, "id tenant_name domain_identity dns_checked_at dns_records created_at updated_at");
      assert.match(setup.id, UUID_V7);
      assert.match(setup.created_at, TIME);
      assert.equal(setup.tenant_name, name);
      assert.equal(setup.domain_identity, domain);
      assert.equal(setup.dns_checked_at, null);
      assert.deepEqual(plain(setup), await expectedRecords(world, domain));
      assert.ok(setup.dns_records.every(({ verified }) => !verified));

      // The list looks nothing up; reading one does.
      const listed = await listedSetup(workspace, setup.id);
      assert.equal(listed?.dns_verified, false);
      assert.equal(listed?.dns_checked_at, null);
      assert.equal(Object.hasOwn(listed, "dns_records"), false);
      const read = await workspace.api.get<SetupDetail>(`/v1/ses-setup/${setup.id}`);
      assert.match(read.dns_checked_at ?? "", TIME);
      assert.ok(read.dns_records.every(({ verified, reason }) => !verified && reason === "missing"));

      await workspace.publish(setup);
      const path = workspace.path(`/channels/ses-setup/${setup.id}/verify`);
      const verified = await workspace.api.expect<SetupDetail>(200, "POST", path);
      assert.deepEqual(plain(verified), plain(setup));
      assert.deepEqual(
        verified.dns_records.map((record) => record.verified),
        Array(7).fill(true),
      );
      const after = await listedSetup(workspace, setup.id);
      assert.equal(after?.dns_verified, true);
      assert.equal(after?.dns_checked_at, verified.dns_checked_at);

      // At the provider: the tenant and the identity, bound to each other, its bounce host set.
      const state = await world.sandbox.state();
      const tenant = state.tenants.find((one) => one.name === name);
      assert.deepEqual(
        tenant?.resources.map((arn) => arn.split(":").at(-1)),
        [`identity/${domain}`],
      );
      const identity = state.identities.find((one) => one.name === domain);
      assert.equal(identity?.verified_for_sending, true);
    },
  },
  {
    name: "a message with attachments is delivered, opened and clicked, and everything of it is read back",
    async run(world) {
      const workspace = await world.newWorkspace();
      const sender = await workspace.sender({ sender_display_name: "Clinic Nörd" });
      const { useCase, setup } = sender;
      assert.equal(useCase.tier, "onboarding");
      assert.equal(useCase.channel, "email");
      assert.equal(useCase.ses_setup_id, setup.id);
      assert.match(useCase.configuration_set_name, /^clinic-north-[a-z-]+-[a-z2-7]{8}$/);

      const to = sender.newRecipient();
      const html =
        '<p>Grüße, <b>Pat</b> &amp; co. 👋\r\n<a href="https://example.org/?a=1&b=2">link</a>\tend</p>\n';
      const letter = randomFile("Überweisung №1.pdf", 100_000);
      const note = {
        name: "a note, 'quoted'.txt",
        type: "text/plain",
        octets: new TextEncoder().encode("Grüße\n"),
      };
      const subject = "Grüße 👋 – morgen";
      const form = multipartBody([
        { name: "use_case_id", value: useCase.id },
        { name: "to_address", value: to },
        { name: "subject", value: subject },
        { name: "body_html", value: html },
        { name: "attachments", filename: letter.name, type: letter.type, value: letter.octets },
        { name: "attachments", filename: note.name, type: note.type, value: note.octets },
      ]);
      const post = (): Promise<ApiAnswer> =>
        workspace.api.call("POST", sender.sendPath, {
          body: form.body,
          headers: { ...form.headers, "idempotency-key": "walk-1" },
        });
      const answer = assertStatus(await post(), 201, "send");
      const sent = jsonOf<SentEmail>(answer);
      assert.deepEqual(Object.keys(sent).sort(), ["attachment_filenames", "id", "message_id", "sent_at"]);
      assert.match(sent.id, UUID_V7);
      assert.match(sent.sent_at, TIME);
      assert.deepEqual(sent.attachment_filenames, [letter.name, note.name]);

      // The recipient's server got this message.
      const mail = await world.sandbox.onlyMail(to);
      assert.equal(mail.id, sent.message_id);
      const parsed = await PostalMime.parse(await world.sandbox.raw(mail.id));
      assert.equal(parsed.subject, subject);
      assert.deepEqual(parsed.from, { name: "Clinic Nörd", address: useCase.sender_email_address });
      assert.deepEqual(parsed.to, [{ name: "", address: to }]);
      assert.equal(withLf(parsed.html).trimEnd(), withLf(html).trimEnd());
      assert.match(parsed.text ?? "", /Grüße, Pat & co\. 👋/);
      assert.deepEqual(
        parsed.attachments.map(({ filename, mimeType }) => [filename, mimeType]),
        [
          [letter.name, "application/pdf"],
          [note.name, "text/plain"],
        ],
      );
      assert.deepEqual(new Uint8Array(parsed.attachments[0]?.content as ArrayBuffer), letter.octets);

      // Delivered, opened, clicked.
      await sender.emailIn(sent.id, "delivered");
      await world.sandbox.event(mail.id, { type: "open", timestamp: "2030-01-02T03:04:05.000Z" });
      await world.sandbox.event(mail.id, { type: "click", timestamp: "2030-01-02T03:05:05.000Z" });
      await world.sandbox.settled();
      const detail = await sender.email(sent.id);
      assert.match(detail.delivered_at ?? "", TIME);
      assert.match(detail.updated_at, TIME);
      const expected: Omit<EmailDetail, "delivered_at" | "updated_at"> = {
        id: sent.id,
        ses_use_case_id: useCase.id,
        setup_id: setup.id,
        from_address: useCase.sender_email_address,
        to_address: to,
        subject: subject,
        state: "delivered",
        sent_at: sent.sent_at,
        has_attachment: true,
        message_id: sent.message_id,
        email_type: "transactional",
        tier: "onboarding",
        attachment_filenames: [letter.name, note.name],
        bounced_at: null,
        bounce_type: null,
        bounce_subtype: null,
        complained_at: null,
        rejected_at: null,
        delivery_delay_at: null,
        first_open_at: "2030-01-02T03:04:05.000Z",
        last_open_at: "2030-01-02T03:04:05.000Z",
        open_count: 1,
        machine_open_count: 0,
        first_click_at: "2030-01-02T03:05:05.000Z",
        last_click_at: "2030-01-02T03:05:05.000Z",
        click_count: 1,
        machine_click_count: 0,
        send_outcome: "sent",
        thread_id: sent.id,
        in_reply_to_id: null,
      };
      assert.deepEqual({ ...detail, ...expected }, detail);
      const { events } = await sender.events();
      assert.deepEqual(
        events.map((event) => event.event_type),
        ["Click", "Open", "Delivery"],
      );
      assert.ok(events.every((event) => event.email_id === sent.id && UUID_V7.test(event.id)));
      assert.equal(events.at(-1)?.event_at, detail.delivered_at);

      // The body, octet for octet.
      const body = await workspace.api.call("GET", workspace.path(`/email/${sent.id}/body`));
      assert.equal(body.status, 200);
      assert.equal(body.headers.get("content-type"), "text/html; charset=utf-8");
      assert.equal(body.headers.get("x-content-type-options"), "nosniff");
      assert.match(body.headers.get("content-security-policy") ?? "", /^sandbox;/);
      assert.equal(body.text, html);

      // The file: a redirect, then a download that no browser would render.
      const filePath = `/email/${sent.id}/attachment/${encodeURIComponent(letter.name)}`;
      const redirect = await workspace.api.call("GET", workspace.path(filePath));
      assert.equal(redirect.status, 307);
      const location = redirect.headers.get("location") ?? "";
      const file = await world.anonymous.call("GET", location);
      assert.equal(file.status, 200);
      assert.deepEqual(file.octets, letter.octets);
      assert.equal(file.headers.get("content-type"), "application/pdf");
      assert.equal(
        file.headers.get("content-disposition"),
        `attachment; filename="_berweisung _1.pdf"; filename*=UTF-8''%C3%9Cberweisung%20%E2%84%961.pdf`,
      );
      if (location.startsWith(world.url)) assert.equal(file.headers.get("x-content-type-options"), "nosniff");
      const part = await world.anonymous.call("GET", location, { headers: { range: "bytes=10-19" } });
      assert.equal(part.status, 206);
      assert.deepEqual(part.octets, letter.octets.slice(10, 20));

      // The same request again: the same answer, and no second mail.
      const replay = await post();
      assert.equal(replay.status, 201);
      assert.equal(replay.headers.get("idempotency-replayed"), "true");
      assert.equal(answer.headers.get("idempotency-replayed"), null);
      assert.deepEqual(jsonOf(replay), sent);
      await world.sandbox.onlyMail(to);
    },
  },
  {
    name: "a name given decomposed is found composed, and a use case needs no verify call when the records are there",
    async run(world) {
      const workspace = await world.newWorkspace();
      const setup = await workspace.newSetup();
      await workspace.publish(setup);
      const useCase = await workspace.useCase(setup);
      assert.equal((await listedSetup(workspace, setup.id))?.dns_verified, true);
      const form = new FormData();
      form.append("use_case_id", useCase.id);
      form.append("to_address", "pat@example.org");
      form.append("subject", "Files");
      form.append("body_html", "<p>one</p>");
      form.append("attachments", new Blob(["x"], { type: "text/plain" }), "U\u0308ber.txt");
      const sent = await workspace.api.expect<SentEmail>(201, "POST", workspace.path("/email/send"), {
        form,
      });
      assert.deepEqual(sent.attachment_filenames, ["\u00dcber.txt"]);
      for (const name of ["\u00dcber.txt", "U\u0308ber.txt"]) {
        const path = workspace.path(`/email/${sent.id}/attachment/${encodeURIComponent(name)}`);
        assert.equal((await workspace.api.call("GET", path)).status, 307);
      }
    },
  },
  {
    name: "a deleted use case and setup free their names, and what was sent stays readable",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api } = workspace;
      const sender = await workspace.sender();
      const sent = await sender.send({ attachments: [randomFile("a.pdf", 10)] });
      await sender.emailIn(sent.id, "delivered");
      const { setup, useCase } = sender;
      assert.equal((await api.call("DELETE", `/v1/use-case/${useCase.id}`)).status, 204);
      assert.equal((await api.call("DELETE", `/v1/ses-setup/${setup.id}`)).status, 204);

      const state = await world.sandbox.state();
      assert.ok(!state.tenants.some(({ name }) => name === setup.tenant_name));
      assert.ok(!state.identities.some(({ name }) => name === setup.domain_identity));
      assert.ok(!state.configuration_sets.some(({ name }) => name === useCase.configuration_set_name));
      assert.equal((await api.call("GET", `/v1/use-case/${useCase.id}`)).status, 404);
      assert.equal((await api.call("GET", `/v1/ses-setup/${setup.id}`)).status, 404);
      assert.equal((await sender.post()).status, 404);

      for (const scope of [{ use_case_id: useCase.id }, { setup_id: setup.id }])
        assert.deepEqual(
          (await sender.emails(scope)).emails.map(({ id }) => id),
          [sent.id],
        );
      assert.equal((await sender.events()).events.length, 1);
      assert.equal((await sender.email(sent.id)).state, "delivered");
      assert.equal((await api.call("GET", workspace.path(`/email/${sent.id}/body`))).status, 200);
      assert.equal((await api.call("GET", workspace.path(`/email/${sent.id}/attachment/a.pdf`))).status, 307);

      const names = { tenant_name: setup.tenant_name, domain_identity: setup.domain_identity };
      const again = await api.expect<SetupDetail>(201, "POST", "/v1/ses-setup", { json: names });
      assert.notEqual(again.id, setup.id);
    },
  },
];
