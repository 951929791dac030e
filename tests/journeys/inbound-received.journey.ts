// One mail that arrived: whom it is for, what of it may be looked at, and what SES thinks of it.
import assert from "node:assert/strict";
import { assertStatus } from "../support/api-client.ts";
import type { InboundDetail, SetupDetail } from "../support/api-shapes.ts";
import {
  arrive,
  askInbound,
  attachmentPath,
  downloaded,
  inboundList,
  messageOf,
  receive,
  received,
  threadOf,
} from "../support/inbound-mail.ts";
import { wireIdOf } from "../support/correspondence.ts";
import { makeMailSender, type MailSender } from "../support/mail-sender.ts";
import { multipart, octetsOf, part } from "../support/mime-message.ts";
import { assertProblem } from "../support/refusals.ts";
import type { Journey } from "../support/world.ts";

const FROM = { From: "pat@example.org", Subject: "Hello" };

const withFiles = (): Uint8Array<ArrayBuffer> =>
  octetsOf(
    multipart("mixed", FROM, [
      multipart("alternative", {}, [
        part("text/plain", "The text"),
        multipart("related", {}, [
          part("text/html", '<p>The HTML <img src="cid:logo"></p>'),
          part("image/png", "picture", ["Content-ID: <logo>"]),
        ]),
      ]),
      part("application/pdf", "file", ["Content-Disposition: attachment; filename=a.pdf"]),
    ]),
  );

/** What is listed for the setup. */
const assertOnly = async (
  sender: MailSender,
  expected: readonly (readonly [to: readonly string[], matchedBy: string])[],
): Promise<void> => {
  const { emails } = await inboundList(sender, { limit: 200 });
  assert.deepEqual(
    emails.map(({ to_addresses: to, matched_by: matchedBy }) => [to, matchedBy]),
    expected,
  );
};

export const journeys: readonly Journey[] = [
  {
    name: "the body of what arrived: HTML, else text, else none, and nothing in it can act",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const script = "<p>Grüße</p><script>alert(1)</script>";
      const html = await receive(
        sender,
        octetsOf([`From: a@example.org`, part("text/html", script)].join("\r\n")),
      );
      const both = await receive(sender, withFiles());
      const text = await receive(
        sender,
        messageOf({ ...FROM, "Content-Type": "text/plain; charset=utf-8" }, "Grüße"),
      );
      const none = await receive(
        sender,
        messageOf({ ...FROM, "Content-Type": "application/pdf; name=a.pdf" }, "%PDF"),
      );
      const empty = await receive(
        sender,
        octetsOf(multipart("mixed", FROM, [part("application/pdf; name=empty.pdf", "")])),
      );

      const rows: readonly (readonly [
        email: InboundDetail,
        type: string,
        body: RegExp,
        text: string | null,
      ])[] = [
        [html, "text/html", /^<p>Grüße<\/p><script>alert\(1\)<\/script>\s*$/, null],
        [both, "text/html", /^<p>The HTML <img src="cid:logo"><\/p>$/, "The text"],
        [text, "text/plain", /^Grüße\s*$/, "Grüße"],
      ];
      for (const [email, type, expected, plain] of rows) {
        const body = await askInbound(sender, email.id, "/body");
        assert.equal(body.status, 200);
        assert.equal(body.headers.get("content-type"), `${type}; charset=utf-8`);
        assert.match(body.headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none'/);
        assert.equal(body.headers.get("x-content-type-options"), "nosniff");
        assert.match(body.text, expected);
        assert.equal(email.text?.trim() ?? null, plain);
      }
      assertProblem(await askInbound(sender, none.id, "/body"), { status: 404, code: "no_body" });
      assert.equal(empty.attachments[0]?.size, 0);
      assert.equal((await downloaded(sender, empty.id, attachmentPath("empty.pdf"))).octets.length, 0);
      assert.equal(none.text, null);
      assert.equal((await downloaded(sender, none.id, attachmentPath("a.pdf"))).text.trim(), "%PDF");
      assertProblem(await askInbound(sender, both.id, attachmentPath("A.PDF")), {
        status: 404,
        code: "attachment_not_found",
      });
    },
  },
  {
    name: "what SES thinks of a mail is kept, and what holds a virus is not handed out",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const given = { spam: "FAIL", virus: "PASS", spf: "GRAY", dkim: "FAIL", dmarc: "PROCESSING_FAILED" };
      const spam = await receive(sender, withFiles(), given);
      assert.deepEqual(spam.verdicts, given);
      assert.equal((await downloaded(sender, spam.id, attachmentPath("a.pdf"))).text, "file");

      const infected = await receive(sender, withFiles(), { virus: "FAIL" });
      assert.deepEqual(infected.verdicts, {
        ...given,
        spam: "PASS",
        virus: "FAIL",
        spf: "PASS",
        dkim: "PASS",
        dmarc: "PASS",
      });
      for (const ending of ["/raw", ...["a.pdf", "logo", "none.pdf"].map(attachmentPath)])
        assertProblem(await askInbound(sender, infected.id, ending), { status: 403, code: "infected" });
      // What it says and what it is called harms nobody.
      assert.equal(infected.text, "The text");
      assert.match((await askInbound(sender, infected.id, "/body")).text, /The HTML/);
      assert.deepEqual(
        [...infected.attachments, ...infected.inline_attachments].map(({ filename, size }) => [
          filename,
          size,
        ]),
        [
          ["a.pdf", 4],
          ["logo", 7],
        ],
      );
      assert.equal(infected.has_attachment, true);
    },
  },
  {
    name: "a mail to several setups is one e-mail in each, with that setup's recipients only",
    async run(world) {
      const ours = await (await world.newWorkspace()).sender();
      const beside = await ours.workspace.sender();
      const theirs = await (await world.newWorkspace()).sender();
      const [a, b, c] = [ours, beside, theirs].map(({ setup }) => setup.domain_identity);
      const rcpt = [
        `Second@${a}`,
        ours.useCase.sender_email_address,
        `third@${b}`,
        `below@sub.${a}`,
        theirs.useCase.sender_email_address.toUpperCase(),
        "nobody@unknown.example",
      ];
      const raw = messageOf({ ...FROM, "Message-ID": "<several@example.org>", Bcc: `hidden@${a}` });
      const { refused } = await arrive(ours, raw, { rcpt });
      assert.deepEqual(refused, ["nobody@unknown.example"]);
      for (const sender of [ours, beside, theirs]) await received(sender, 1);
      await assertOnly(ours, [[[`Second@${a}`, ours.useCase.sender_email_address], "recipient"]]);
      await assertOnly(beside, [[[`third@${b}`], "none"]]);
      const inCapitals = `${theirs.useCase.sender_email_address.split("@")[0]?.toUpperCase()}@${c}`;
      await assertOnly(theirs, [[[inCapitals], "recipient"]]);

      const ids: string[] = [];
      for (const sender of [ours, theirs]) {
        const [email] = (await inboundList(sender, { use_case_id: sender.useCase.id })).emails;
        assert.deepEqual((await downloaded(sender, email?.id ?? "", "/raw")).octets, raw);
        ids.push(email?.id ?? "");
      }
      assert.notEqual(ids[0], ids[1]);
    },
  },
  {
    name: "the use case is the one written to, none when it is nobody's address or was deleted",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, setup } = sender;
      const second = makeMailSender(workspace, setup, await workspace.useCase(setup));
      const rows: readonly (readonly [rcpt: string | readonly string[], useCaseId: string | null])[] = [
        [sender.useCase.sender_email_address, sender.useCase.id],
        [second.useCase.sender_email_address, second.useCase.id],
        [`nobody@${setup.domain_identity}`, null],
        [[`nobody@${setup.domain_identity}`, second.useCase.sender_email_address], second.useCase.id],
        [sender.useCase.sender_email_address.replace("@", "+tag@"), null],
      ];
      for (const [rcpt, useCaseId] of rows) {
        const email = await receive(sender, messageOf(FROM), { rcpt });
        assert.equal(email.ses_use_case_id, useCaseId, [rcpt].flat().join());
        assert.equal(email.matched_by, useCaseId === null ? "none" : "recipient");
        assert.deepEqual(email.to_addresses, [rcpt].flat());
        assert.equal(email.thread_id, email.id);
        assert.equal(email.parent_email_id, null);
      }
      const path = workspace.path(`/channels/use-case/${second.useCase.id}`);
      assertStatus(await workspace.api.call("DELETE", path), 204, "delete");
      const late = await receive(second, messageOf(FROM));
      assert.deepEqual([late.ses_use_case_id, late.matched_by], [null, "none"]);
    },
  },
  {
    name: "a setup receives once it has been verified, also when it has lost a record since",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, setup } = sender;
      // SES takes its mail: DKIM is there. Its inbound MX is not.
      const pending = await workspace.newSetup();
      await world.sandbox.publishDns(pending.dns_records.filter(({ type }) => type === "CNAME"));
      const recipient = `pat@${pending.domain_identity}`;
      const arrived = await arrive(sender, messageOf(FROM), { rcpt: recipient });
      assert.deepEqual(arrived.recipients, [recipient]);

      const dmarc = setup.dns_records.find(({ address }) => address.startsWith("_dmarc."));
      await world.sandbox.removeDns(dmarc?.address ?? "", "TXT");
      const path = workspace.path(`/channels/ses-setup/${setup.id}/verify`);
      const checked = await workspace.api.expect<typeof setup>(200, "POST", path);
      assert.ok(checked.dns_records.some(({ verified }) => !verified));
      await receive(sender, messageOf(FROM));
      // Whoever was told of a later mail has been told of the earlier one.
      await world.sandbox.settled();
      assert.deepEqual((await inboundList(sender, { setup_id: pending.id })).emails, []);

      await workspace.publish(pending);
      await workspace.api.expect(200, "POST", workspace.path(`/channels/ses-setup/${pending.id}/verify`));
      const verified = makeMailSender(workspace, pending, await workspace.useCase(pending));
      await receive(verified, messageOf({ ...FROM, Subject: "Now" }));
      const { emails } = await inboundList(verified);
      assert.deepEqual(
        emails.map(({ subject }) => subject),
        ["Now"],
      );
    },
  },
  {
    name: "a domain that is set up again begins anew: what its last setup received stays there, and nothing joins it",
    async run(world) {
      const last = await (await world.newWorkspace()).sender();
      const { workspace, setup } = last;
      const { api, path } = workspace;
      const pat = last.newRecipient();
      const sent = await last.send({ to_address: pat });
      const cites = { ...FROM, From: pat, "In-Reply-To": wireIdOf(sent), References: wireIdOf(sent) };
      const before = await receive(last, messageOf(cites));
      assert.equal(before.parent_email_id, sent.id);
      for (const one of [`use-case/${last.useCase.id}`, `ses-setup/${setup.id}`])
        assertStatus(await api.call("DELETE", path(`/channels/${one}`)), 204, one);

      const json = { tenant_name: setup.tenant_name, domain_identity: setup.domain_identity };
      const anew = await api.expect<SetupDetail>(201, "POST", path("/channels/ses-setup"), { json });
      await workspace.publish(anew);
      await api.expect(200, "POST", path(`/channels/ses-setup/${anew.id}/verify`));
      const now = makeMailSender(workspace, anew, await workspace.useCase(anew));
      const after = await receive(now, messageOf({ ...cites, Subject: "Now" }));
      assert.deepEqual(
        [after.setup_id, after.parent_email_id, after.matched_by, after.thread_id],
        [anew.id, null, "recipient", after.id],
      );
      assertProblem(await now.post({ to_address: pat, in_reply_to_id: before.id }), {
        status: 422,
        code: "reply_scope_mismatch",
      });
      for (const query of [{ setup_id: setup.id }, { use_case_id: last.useCase.id }])
        assert.deepEqual(
          (await inboundList(now, query)).emails.map(({ id }) => id),
          [before.id],
        );
      assert.match((await askInbound(now, before.id, "/body")).text, /See you tomorrow/);
      assert.match((await downloaded(now, before.id, "/raw")).text, /^From: /);
      assert.deepEqual(
        (await threadOf(now, before.id)).messages.map(({ id }) => id),
        [sent.id, before.id],
      );
    },
  },
];
