// Leaving (RFC 2369, RFC 8058, RFC 2919): what every message says about it, the one click as mail providers
// post it, the page behind the link, and mail to the address; and that nothing else changes anything.
import assert from "node:assert/strict";
import PostalMime from "postal-mime";
import { assertStatus } from "../support/api-client.ts";
import type { MailSender } from "../support/mail-sender.ts";
import { assertProblem } from "../support/refusals.ts";
import {
  assertStopped,
  mailWithLink,
  messageTo,
  ONE_CLICK,
  post,
  siblingOf,
  suppressionsOf,
  waysOut,
} from "../support/unsubscribe-links.ts";
import type { Journey } from "../support/world.ts";

const MULTIPART = [
  "--b",
  'Content-Disposition: form-data; name="List-Unsubscribe"',
  "",
  "One-Click",
  "--b--",
  "",
].join("\r\n");

const BY_USE_CASE = { reason: "unsubscribe", scope: "use_case" };
const BY_SETUP = { reason: "unsubscribe", scope: "setup" };
const INVALID = { status: 400, code: "unsubscribe_body_invalid" };
const UNKNOWN = { status: 404, code: "unsubscribe_link_not_found" };

/** The token with one of its characters changed to another of the alphabet. */
function changedAt(url: string, at: number): string {
  const character = url.charAt(at);
  return `${url.slice(0, at)}${character === "a" ? "b" : "a"}${url.slice(at + 1)}`;
}

/** A mail arrives for these addresses, whatever it says of itself. */
async function mailArrivesFor(sender: MailSender, rcpt: readonly string[]): Promise<void> {
  const { sandbox } = sender.workspace.world;
  const message = "From: a@x.org\r\nTo: forged@x.org\r\nSubject: x\r\n\r\nx\r\n";
  assert.deepEqual((await sandbox.inbound(message, { rcpt })).refused, []);
  await sandbox.settled();
}

export const journeys: readonly Journey[] = [
  {
    name: "every message says how to leave: each header once, the URL first, folded legally",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const to = sender.newRecipient();
      await sender.send({ to_address: to, body_html: "<p>Hi {{unsubscribe_url}}</p>" });
      const message = await messageTo(sender, to);
      const { url, address } = waysOut(message);
      assert.equal(message.values("List-Unsubscribe").length, 1);
      assert.deepEqual(message.values("List-Unsubscribe-Post"), [ONE_CLICK]);
      assert.ok(url.startsWith(`${world.url}/u/`), url);
      const [local = "", domain] = address.split("@");
      assert.deepEqual([local.length <= 64, domain], [true, sender.setup.domain_identity]);
      assert.equal(local, `u+${url.slice(`${world.url}/u/`.length)}`);
      for (const line of message.headerLines) assert.ok(line.length <= 998 && line.trim() !== "", line);
      // Transactional mail is the caller's, to the letter, and no list.
      assert.deepEqual(message.values("List-Id"), []);
      const { html, text } = await PostalMime.parse(message.text);
      assert.deepEqual(
        [html?.trim(), text?.trim()],
        ["<p>Hi {{unsubscribe_url}}</p>", "Hi {{unsubscribe_url}}"],
      );
    },
  },
  {
    name: "marketing also names its list and shows the link, and the stored body stays the caller's",
    async run(world) {
      const workspace = await world.newWorkspace();
      const sender = await workspace.sender({ email_type: "marketing" });
      const bodies = [
        '<p>News</p><a href="{{unsubscribe_url}}">Leave</a>',
        "<html><body><p>News</p></body></html>",
      ];
      for (const body_html of bodies) {
        const to = sender.newRecipient();
        const { id } = await sender.send({ to_address: to, body_html, body_text: "News\n" });
        const message = await messageTo(sender, to);
        const { url } = waysOut(message);
        const { html = "", text = "" } = await PostalMime.parse(message.text);
        assert.equal(html.split(`href="${url}"`).length, 2, html);
        assert.ok(!html.includes("{{") && text.includes(url), text);
        const [listId = ""] = message.values("List-Id");
        assert.ok(listId.endsWith(`<${sender.useCase.id}.${sender.setup.domain_identity}>`), listId);
        const stored = await workspace.api.call("GET", workspace.path(`/email/${id}/body`));
        assert.equal(stored.text, body_html);
      }
    },
  },
  {
    name: "one click as Gmail, Apple and Yahoo post it unsubscribes, again and again, and never redirects",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const forms: readonly (readonly [name: string, body: string, headers: Record<string, string>])[] = [
        ["urlencoded", ONE_CLICK, { "content-type": "application/x-www-form-urlencoded" }],
        ["multipart", MULTIPART, { "content-type": "multipart/form-data; boundary=b" }],
        ["no content type", ONE_CLICK, { "content-type": "" }],
        ["text", ONE_CLICK, { "content-type": "text/plain;charset=UTF-8" }],
        [
          "a page's origin, a cookie and somebody's key",
          ONE_CLICK,
          {
            "content-type": "application/x-www-form-urlencoded",
            origin: "https://mail.google.com",
            cookie: "session=1",
            authorization: "Bearer none",
            "user-agent": "Google-Mail-Unsubscribe",
          },
        ],
      ];
      for (const [name, body, headers] of forms) {
        const { url, to } = await mailWithLink(sender);
        for (const time of ["once", "again"]) {
          const answer = assertStatus(await post(sender, url, body, headers), 200, `${name}, ${time}`);
          assert.equal(answer.headers.get("set-cookie"), null);
          assert.equal((await suppressionsOf(sender, to)).length, 1, name);
        }
        await assertStopped(sender, to, BY_USE_CASE);
      }
      const { url, to } = await mailWithLink(sender);
      assertStatus(
        await post(
          sender,
          url.replace(/[^/]+$/, (token) => token.toUpperCase()),
          ONE_CLICK,
        ),
        200,
        "capitals",
      );
      assert.equal((await suppressionsOf(sender, to)).length, 1);
      // The sandbox presses the button itself.
      const pressed = await mailWithLink(sender);
      const mail = await world.sandbox.onlyMail(pressed.to);
      assert.deepEqual(await world.sandbox.unsubscribe(mail.id), {
        url: pressed.url,
        status: 200,
        body: "You are unsubscribed.\n",
      });
      await assertStopped(sender, pressed.to, BY_USE_CASE);
    },
  },
  {
    name: "looking changes nothing, whoever looks; a body that asks for nothing is 400, a forged token 404",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { url, to } = await mailWithLink(sender);
      const agents = [
        "Mozilla/5.0",
        "Microsoft Office SafeLinks",
        "ProofpointURLDefense",
        "GoogleImageProxy",
        "curl/8",
      ];
      for (const agent of agents)
        for (const method of ["GET", "HEAD"]) {
          const answer = await world.anonymous.call(method, url, { headers: { "user-agent": agent } });
          assertStatus(answer, 200, `${method} by ${agent}`);
          assert.equal(answer.text === "", method === "HEAD");
          assert.match(answer.headers.get("content-security-policy") ?? "", /^default-src 'none'; /);
          for (const [name, value] of [
            ["cache-control", "no-store"],
            ["referrer-policy", "no-referrer"],
            ["x-robots-tag", "noindex, nofollow"],
            ["content-type", "text/html; charset=utf-8"],
          ] as const)
            assert.equal(answer.headers.get(name), value);
          assert.ok(!answer.text.includes(to), "the page shows no recipient");
        }
      const bodies = [
        "",
        "x=y",
        "List-Unsubscribe=one-click",
        "List-Unsubscribe=",
        "confirm=all",
        "confirm=",
      ];
      for (const body of bodies) assertProblem(await post(sender, url, body), INVALID);
      const multipart = { "content-type": "multipart/form-data; boundary=b" };
      for (const body of ["", MULTIPART.slice(0, -9), "--b--\r\n", ONE_CLICK])
        assertProblem(await post(sender, url, body, multipart), INVALID);
      assertProblem(await post(sender, url, "x".repeat(20_000)), { status: 413, code: "body_too_large" });

      const tokenAt = url.lastIndexOf("/") + 1;
      for (let at = tokenAt; at < url.length; at++)
        assertProblem(await post(sender, changedAt(url, at), ONE_CLICK), UNKNOWN);
      for (const forged of [
        url.slice(0, -1),
        `${url}a`,
        `${url}=`,
        `${world.url}/u/x`,
        `${world.url}/u/${"a".repeat(56)}`,
      ]) {
        assertProblem(await post(sender, forged, ONE_CLICK), UNKNOWN);
        const page = await world.anonymous.call("GET", forged);
        assert.deepEqual([page.status, page.headers.get("content-type")], [404, "text/html; charset=utf-8"]);
      }
      assertStatus(await world.anonymous.call("PUT", url, { body: ONE_CLICK }), 404, "another method");
      assert.deepEqual(await suppressionsOf(sender, to), []);
      await assertStopped(sender, to, null);
    },
  },
  {
    name: "the page's buttons choose: this campaign, or all mail from the domain",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const sibling = await siblingOf(sender);
      const { url, to } = await mailWithLink(sender);
      const first = assertStatus(await post(sender, url, "confirm=use_case"), 200, "use case");
      assert.match(first.text, /You are unsubscribed.*value="setup"/s);
      await assertStopped(sender, to, BY_USE_CASE);
      await assertStopped(sibling, to, null);
      const second = assertStatus(await post(sender, url, "confirm=setup"), 200, "setup");
      assert.doesNotMatch(second.text, /<button/);
      await assertStopped(sibling, to, BY_SETUP);
      assert.deepEqual((await suppressionsOf(sender, to)).map(({ scope }) => scope).toSorted(), [
        "setup",
        "use_case",
      ]);
      // Nobody else, and no other spelling of the same person.
      await assertStopped(sender, sender.newRecipient(), null);
      await assertStopped(sender, to.toUpperCase(), BY_SETUP);
    },
  },
  {
    name: "one click means the scope in force when the mail was sent",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender({ unsubscribe_scope: "setup" });
      const sibling = await siblingOf(sender);
      const { url, to } = await mailWithLink(sender);
      assertStatus(await post(sender, url, ONE_CLICK), 200, "one click");
      await assertStopped(sibling, to, BY_SETUP);
    },
  },
  {
    name: "mail to the address unsubscribes by its token alone; other mail that arrives changes nothing",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { address, to } = await mailWithLink(sender);
      const other = await mailWithLink(sender);
      const domain = sender.setup.domain_identity;
      await mailArrivesFor(sender, [`hello@${domain}`, `u@${domain}`, `u+@${domain}`, `u+forged@${domain}`]);
      assert.deepEqual(await suppressionsOf(sender, to), []);
      await mailArrivesFor(sender, [`hello@${domain}`, address.toUpperCase()]);
      await mailArrivesFor(sender, [address]);
      assert.equal((await suppressionsOf(sender, to)).length, 1);
      await assertStopped(sender, to, BY_USE_CASE);
      await assertStopped(sender, other.to, null);
    },
  },
  {
    name: "the link works on after use case and setup are gone",
    async run(world) {
      const workspace = await world.newWorkspace();
      const sender = await workspace.sender();
      const { url, to } = await mailWithLink(sender);
      const { setup, useCase } = sender;
      for (const ending of [`/channels/use-case/${useCase.id}`, `/channels/ses-setup/${setup.id}`])
        assertStatus(await workspace.api.call("DELETE", workspace.path(ending)), 204, ending);
      assertStatus(await world.anonymous.call("GET", url), 200, "the page");
      assertStatus(await post(sender, url, ONE_CLICK), 200, "one click");
      const [left] = await suppressionsOf(sender, to);
      assert.deepEqual(
        [left?.scope, left?.use_case_id, left?.address],
        ["use_case", useCase.id, to.toLowerCase()],
      );
    },
  },
];
