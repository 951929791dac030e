// Who gets no more mail, and why: what each event comes to, by hand, lists, lifts that are remembered, and
// the provider's own list kept in step. A send and `explain` say the same each time.
import assert from "node:assert/strict";
import { assertStatus, jsonOf, queryOf } from "../support/api-client.ts";
import type { SuppressionItem, SuppressionPage } from "../support/api-shapes.ts";
import type { MailSender } from "../support/mail-sender.ts";
import { assertProblem } from "../support/refusals.ts";
import {
  assertStopped,
  explain,
  mailWithLink,
  ONE_CLICK,
  post,
  siblingOf,
  suppressionsOf,
} from "../support/unsubscribe-links.ts";
import type { Journey } from "../support/world.ts";

type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

const COMPLAINT = { reason: "complaint", scope: "setup" };
const HARD_BOUNCE = { reason: "hard_bounce", scope: "setup" };
const SOFT_BOUNCE = { reason: "soft_bounce", scope: "setup" };
const MANUAL = { reason: "manual", scope: "setup" };
const NOT_FOUND = { status: 404, code: "suppression_not_found" };

const softBounce = (bounceSubType: string): Event => ({
  type: "bounce",
  bounceType: "Transient",
  bounceSubType,
});
const hardBounce = (bounceSubType: string): Event => ({
  type: "bounce",
  bounceType: "Permanent",
  bounceSubType,
});

/** Sends to this address, and has its server or its owner answer so; delivered before, unless it bounces. */
async function mailThat(sender: MailSender, to: string, event: Event): Promise<void> {
  const { sandbox } = sender.workspace.world;
  const { message_id: id } = await sender.send({ to_address: to });
  await sandbox.settled();
  await sandbox.event(id, event);
  await sandbox.settled();
}

const at = (sender: MailSender, ending = ""): string => sender.workspace.path(`/email/suppression${ending}`);

async function only(sender: MailSender, address: string): Promise<SuppressionItem> {
  const found = await suppressionsOf(sender, address);
  const [one] = found;
  assert(one !== undefined && found.length === 1, JSON.stringify(found));
  return one;
}

async function providerLists({ workspace, setup }: MailSender, address: string): Promise<boolean> {
  const { suppressions } = await workspace.world.sandbox.state();
  return suppressions.some((one) => one.tenant === setup.tenant_name && one.address === address);
}

export const journeys: readonly Journey[] = [
  {
    name: "each event comes to its suppression, or to none",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const sibling = await siblingOf(sender);
      const rows: readonly (readonly [name: string, event: Event, stopped: typeof COMPLAINT | null])[] = [
        ["a complaint", { type: "complaint" }, COMPLAINT],
        ["not-spam", { type: "complaint", complaintFeedbackType: "not-spam" }, null],
        [
          "a complaint of the list's",
          { type: "complaint", complaintSubType: "OnTenantSuppressionList" },
          null,
        ],
        ["a hard bounce", hardBounce("General"), HARD_BOUNCE],
        ["no such mailbox", hardBounce("NoEmail"), HARD_BOUNCE],
        ["SES's own list", hardBounce("Suppressed"), null],
        ["the account's list", hardBounce("OnAccountSuppressionList"), null],
        ["the tenant's list", hardBounce("OnTenantSuppressionList"), null],
        ["out of office", { type: "auto_reply" }, null],
        ["one soft bounce", softBounce("MailboxFull"), null],
        ["a message too large", softBounce("MessageTooLarge"), null],
        ["a delay", { type: "delivery_delay" }, null],
        ["an open", { type: "open" }, null],
      ];
      for (const [name, event, stopped] of rows) {
        const to = sender.newRecipient();
        await mailThat(sender, to, event);
        const [suppression] = await suppressionsOf(sender, to);
        assert.equal(suppression?.reason, stopped?.reason, name);
        await assertStopped(sender, to, stopped);
        await assertStopped(sibling, to, stopped);
      }
    },
  },
  {
    name: "the third soft bounce in a row suppresses for seven days; out-of-office replies between do not let it",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const [full, away, large] = [sender.newRecipient(), sender.newRecipient(), sender.newRecipient()];
      for (const subtype of ["MailboxFull", "General", "CustomTimeoutExceeded"]) {
        assert.equal((await explain(sender, full)).would_send, true, subtype);
        // Bounced in place of the delivery: with one, a General bounce is an out-of-office reply.
        await mailThat(sender, full, { ...softBounce(subtype === "General" ? "MailboxFull" : subtype) });
        await mailThat(
          sender,
          away,
          subtype === "General" ? { type: "auto_reply" } : softBounce("MailboxFull"),
        );
        await mailThat(sender, large, softBounce("MessageTooLarge"));
      }
      await assertStopped(sender, full, SOFT_BOUNCE);
      const { since, expires_at: expiresAt } = await only(sender, full);
      assert.equal(Date.parse(expiresAt ?? "") - Date.parse(since), 7 * 24 * 3_600_000);
      await assertStopped(sender, away, null);
      await assertStopped(sender, large, null);
      const { id } = await only(sender, full);
      assertStatus(await sender.workspace.api.call("DELETE", at(sender, `/${id}`)), 204, "lift");
      await assertStopped(sender, full, null);
    },
  },
  {
    name: "a lift is remembered: the old event arriving again brings nothing back, a new one does",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { api } = sender.workspace;
      const to = sender.newRecipient();
      await mailThat(sender, to, hardBounce("General"));
      const { id, source_email_id: source } = await only(sender, to);
      const bounce = (await world.sandbox.notifications()).findLast(({ body }) =>
        body.includes("bouncedRecipients"),
      );
      assert.ok(await providerLists(sender, to));
      assertStatus(await api.call("DELETE", at(sender, `/${id}`)), 204, "lift");
      assert.equal(await providerLists(sender, to), false);
      assertProblem(await api.call("DELETE", at(sender, `/${id}`)), NOT_FOUND);
      const again = await world.anonymous.call("POST", "/hooks/sns", { body: bounce?.body ?? "" });
      assertStatus(again, 200, "the same notification");
      await assertStopped(sender, to, null);
      await mailThat(sender, to, hardBounce("General"));
      await assertStopped(sender, to, HARD_BOUNCE);
      assert.notEqual((await only(sender, to)).source_email_id, source);
    },
  },
  {
    name: "a complaint is lifted by the operator only, an unsubscribe only when confirmed",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace } = sender;
      const to = sender.newRecipient();
      await mailThat(sender, to, { type: "complaint" });
      const complaint = at(sender, `/${(await only(sender, to)).id}`);
      assertProblem(await workspace.api.call("DELETE", complaint), { status: 403, code: "operator_only" });
      assert.ok(await providerLists(sender, to));
      assertStatus(await world.operator.call("DELETE", complaint), 204, "by the operator");
      assert.equal(await providerLists(sender, to), false);
      await assertStopped(sender, to, null);

      const left = await mailWithLink(sender);
      assertStatus(await post(sender, left.url, ONE_CLICK), 200, "one click");
      const unsubscribe = at(sender, `/${(await only(sender, left.to)).id}`);
      const unconfirmed = { status: 422, code: "confirmation_required" };
      assertProblem(await workspace.api.call("DELETE", unsubscribe), unconfirmed);
      assertProblem(await world.operator.call("DELETE", `${unsubscribe}?confirm=false`), unconfirmed);
      assertProblem(await workspace.api.call("DELETE", `${unsubscribe}?confirm=yes`), {
        status: 422,
        code: "validation_failed",
      });
      await assertStopped(sender, left.to, { reason: "unsubscribe", scope: "use_case" });
      assertStatus(await workspace.api.call("DELETE", `${unsubscribe}?confirm=true`), 204, "confirmed");
      await assertStopped(sender, left.to, null);
      // Pressed once more, in the same old message: that is news.
      assertStatus(await post(sender, left.url, ONE_CLICK), 200, "once more");
      await assertStopped(sender, left.to, { reason: "unsubscribe", scope: "use_case" });
    },
  },
  {
    name: "by hand: for a use case or a setup, on the provider's list too, once however often",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const sibling = await siblingOf(sender);
      const { workspace, setup, useCase } = sender;
      const add = (json: object, key?: string) =>
        workspace.api.call("POST", at(sender), {
          json,
          headers: key === undefined ? {} : { "idempotency-key": key },
        });
      const to = sender.newRecipient();
      const narrow = assertStatus(await add({ address: to, use_case_id: useCase.id }), 201, "use case");
      const { id, since, ...added } = jsonOf<SuppressionItem>(narrow);
      assert.deepEqual(added, {
        scope: "use_case",
        setup_id: setup.id,
        use_case_id: useCase.id,
        address: to.toLowerCase(),
        reason: "manual",
        expires_at: null,
        source_email_id: null,
      });
      assert.ok(Math.abs(Date.parse(since) - Date.now()) < 60_000);
      assert.equal(await providerLists(sender, to), false);
      await assertStopped(sender, to, { reason: "manual", scope: "use_case" });
      await assertStopped(sibling, to, null);
      assert.equal(jsonOf<SuppressionItem>(await add({ address: to, use_case_id: useCase.id })).id, id);

      const wide = { address: "Pat@bücher.example", setup_id: setup.id };
      const first = assertStatus(await add(wide, "k1"), 201, "setup");
      assert.equal(jsonOf<SuppressionItem>(first).address, "pat@xn--bcher-kva.example");
      const replay = assertStatus(await add(wide, "k1"), 201, "the same request");
      assert.deepEqual([replay.text, replay.headers.get("idempotency-replayed")], [first.text, "true"]);
      assert.ok(await providerLists(sender, "pat@xn--bcher-kva.example"));
      await assertStopped(sibling, wide.address, MANUAL);

      const invalid = { status: 422, code: "validation_failed" };
      assertProblem(await add({ address: to }), { status: 422, code: "scope_required" });
      assertProblem(await add({ address: to, setup_id: setup.id, use_case_id: useCase.id }), invalid);
      assertProblem(await add({ address: "nobody", setup_id: setup.id }), {
        ...invalid,
        pointer: "/address",
      });
      assertProblem(await add({ address: to, setup_id: setup.id, reason: "complaint" }), invalid);
      const unknown = crypto.randomUUID();
      assertProblem(await add({ address: to, setup_id: unknown }), { status: 404, code: "setup_not_found" });
      assertProblem(await add({ address: to, use_case_id: unknown }), {
        status: 404,
        code: "use_case_not_found",
      });
    },
  },
  {
    name: "when the provider's list cannot be changed the suppression stands, and the same request later succeeds",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, setup } = sender;
      const failing = { status: 502, code: "suppression_list_unavailable" };
      const to = sender.newRecipient();
      const add = () => workspace.api.call("POST", at(sender), { json: { address: to, setup_id: setup.id } });
      const putFails = { ses: { fail: { operation: "PutSuppressedDestination", status: 500 } } };
      await world.sandbox.withFaults(putFails, async () => assertProblem(await add(), failing));
      await assertStopped(sender, to, MANUAL);
      assertStatus(await add(), 201, "repeated");
      assert.ok(await providerLists(sender, to));

      const { id } = await only(sender, to);
      const lift = () => workspace.api.call("DELETE", at(sender, `/${id}`));
      const deleteFails = { ses: { fail: { operation: "DeleteSuppressedDestination", status: 500 } } };
      await world.sandbox.withFaults(deleteFails, async () => assertProblem(await lift(), failing));
      await assertStopped(sender, to, MANUAL);
      assert.ok(await providerLists(sender, to));
      assertStatus(await lift(), 204, "repeated");
      assert.equal(await providerLists(sender, to), false);
      await assertStopped(sender, to, null);
    },
  },
  {
    name: "lists show what is in force by scope, address and reason, and page like e-mails",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const sibling = await siblingOf(sender);
      const { workspace, setup, useCase } = sender;
      const addresses = Array.from({ length: 5 }, () => sender.newRecipient());
      for (const address of addresses)
        await workspace.api.expect(201, "POST", at(sender), { json: { address, setup_id: setup.id } });
      const [one = ""] = addresses;
      await workspace.api.expect(201, "POST", at(sender), {
        json: { address: one, use_case_id: useCase.id },
      });
      type Query = Parameters<typeof queryOf>[0];
      const list = (query: Query) => workspace.api.get<SuppressionPage>(at(sender, queryOf(query)));
      const count = async (query: Query): Promise<number> => (await list(query)).suppressions.length;
      assert.equal(await count({ setup_id: setup.id }), 6);
      assert.equal(await count({ use_case_id: useCase.id }), 6);
      assert.equal(await count({ use_case_id: sibling.useCase.id }), 5);
      assert.equal(await count({ use_case_id: useCase.id, setup_id: crypto.randomUUID() }), 0);
      assert.equal(await count({ setup_id: setup.id, address: one.toUpperCase() }), 2);
      assert.equal(await count({ setup_id: setup.id, reason: ["complaint", "unsubscribe"] }), 0);
      assert.equal(await count({ setup_id: setup.id, reason: ["complaint", "manual"] }), 6);

      const seen: string[] = [];
      let token: string | null = null;
      do {
        const page: SuppressionPage = await list({
          setup_id: setup.id,
          limit: 4,
          ...(token === null ? {} : { continuation_token: token }),
        });
        seen.push(...page.suppressions.map(({ id }) => id));
        token = page.continuation_token;
        assert.equal(page.has_more, token !== null);
        if (token !== null) {
          const elsewhere = at(sender, queryOf({ use_case_id: useCase.id, continuation_token: token }));
          assertProblem(await workspace.api.call("GET", elsewhere), {
            status: 422,
            code: "continuation_token_invalid",
          });
        }
      } while (token !== null);
      const all = (await list({ setup_id: setup.id })).suppressions;
      assert.deepEqual(
        seen,
        all.map(({ id }) => id),
      );
      assert.deepEqual(
        all,
        all.toSorted((a, b) => b.since.localeCompare(a.since)),
      );
      assertProblem(await workspace.api.call("GET", at(sender)), { status: 422, code: "scope_required" });
      for (const query of [
        { setup_id: setup.id, reason: "spam" },
        { setup_id: setup.id, state: "sent" },
      ])
        assertProblem(await workspace.api.call("GET", at(sender, queryOf(query))), {
          status: 422,
          code: "validation_failed",
        });
    },
  },
  {
    name: "a suppression is its workspace's alone, and a setup's suppressions stop no other setup's mail",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const stranger = await (await world.newWorkspace()).sender();
      const to = sender.newRecipient();
      await mailThat(sender, to, { type: "complaint" });
      const { id } = await only(sender, to);
      await assertStopped(stranger, to, null);
      assert.deepEqual(await suppressionsOf(stranger, to), []);
      const theirs = stranger.workspace.path(`/email/suppression/${id}`);
      assertProblem(await stranger.workspace.api.call("DELETE", theirs), NOT_FOUND);
      assertProblem(await stranger.workspace.api.call("DELETE", at(stranger, "/none")), NOT_FOUND);
      const weak = await sender.workspace.apiWith("Channel.view", "Channel.send", "Channel.create");
      assertProblem(await weak.call("DELETE", at(sender, `/${id}`)), {
        status: 403,
        code: "permission_missing",
      });
      await assertStopped(sender, to, COMPLAINT);
    },
  },
];
