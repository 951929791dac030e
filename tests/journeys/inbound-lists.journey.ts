// The list of what arrived and the threads: every filter, and pages that neither skip nor repeat while mail arrives.
import assert from "node:assert/strict";
import type { ApiAnswer } from "../support/api-client.ts";
import { assertMembers, type InboundSummary, type ThreadMessage } from "../support/api-shapes.ts";
import { arrive, inboundList, messageOf, receive, received, threadOf } from "../support/inbound-mail.ts";
import { makeMailSender, type MailSender, type Query } from "../support/mail-sender.ts";
import { assertRefused, type RefusalRow } from "../support/refusals.ts";
import type { Journey } from "../support/world.ts";

const INVALID = { status: 422, code: "validation_failed" };
const TOKEN = { status: 422, code: "continuation_token_invalid" };

const SUMMARY_MEMBERS =
  "id setup_id ses_use_case_id from_address to_addresses subject received_at class thread_id parent_email_id matched_by has_attachment";

const answerTo = (messageId: string, from = "pat@example.org"): Uint8Array<ArrayBuffer> =>
  messageOf({
    From: from,
    Subject: "Re: Your appointment",
    "In-Reply-To": `<${messageId}@email.amazonses.com>`,
  });

const idsOf = (emails: readonly { readonly id: string }[]): readonly string[] => emails.map(({ id }) => id);

/** Every item of a list that pages; `between` happens after each page. */
async function allPages<T>(
  page: (
    query: Query,
  ) => Promise<{ items: readonly T[]; has_more: boolean; continuation_token: string | null }>,
  limit: number,
  between: () => Promise<unknown>,
): Promise<readonly T[]> {
  const seen: T[] = [];
  let token: string | null = null;
  do {
    const {
      items,
      has_more: hasMore,
      continuation_token: next,
    } = await page({
      limit,
      ...(token === null ? {} : { continuation_token: token }),
    });
    assert.equal(hasMore, next !== null);
    assert.ok(items.length === limit || !hasMore, "a page that is not the last is full");
    seen.push(...items);
    token = next;
    await between();
  } while (token !== null);
  return seen;
}

/** A mail, its answer, and so on, in one thread; oldest first. */
async function conversation(sender: MailSender, rounds: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const answered = ids.at(-1);
    const sent = await sender.send(answered === undefined ? {} : { in_reply_to_id: answered });
    await sender.emailIn(sent.id, "delivered");
    ids.push(sent.id, (await receive(sender, answerTo(sent.message_id))).id);
  }
  return ids;
}

export const journeys: readonly Journey[] = [
  {
    name: "every filter of what arrived finds exactly what it says",
    async run(world) {
      const workspace = await world.newWorkspace();
      const first = await workspace.sender();
      const second = makeMailSender(workspace, first.setup, await workspace.useCase(first.setup));
      const elsewhere = await workspace.sender();
      const foreign = await (await world.newWorkspace()).sender();
      const mail = (from: string, fields: Readonly<Record<string, string>> = {}): Uint8Array<ArrayBuffer> =>
        messageOf({ From: from, Subject: "Hello", ...fields });
      const [ann, zoe] = ["Ann.X+work@Example.org", "zoe@xn--mller-kva.example"];

      const a1 = await receive(first, mail(`"Ann, X." <${ann}>`));
      const a2 = await receive(first, mail("bob@example.org", { "List-Id": "<news.example.org>" }));
      const b1 = await receive(second, mail(ann, { "Auto-Submitted": "auto-replied" }));
      const n1 = await receive(first, mail(zoe), { rcpt: `nobody@${first.setup.domain_identity}` });
      const c1 = await receive(elsewhere, mail(ann));
      const q1 = await receive(elsewhere, mail('"two words"@example.org'));
      const u1 = await receive(elsewhere, mail("zoë@example.org"));
      const l1 = await receive(elsewhere, mail("pat@[192.0.2.1]"));
      const i1 = await receive(elsewhere, mail("zoe@Müller.example"));
      await receive(foreign, mail(ann));
      const sent = await first.send();
      await first.emailIn(sent.id, "delivered");
      const r1 = await receive(first, answerTo(sent.message_id));
      const r2 = await receive(first, answerTo(sent.message_id, "pat@elsewhere.example"));

      const one = { use_case_id: first.useCase.id };
      const both = { setup_id: first.setup.id };
      const others = { setup_id: elsewhere.setup.id };
      const all = [r2, r1, n1, b1, a2, a1];
      const rows: readonly (readonly [query: Query, found: readonly InboundSummary[]])[] = [
        [one, [r2, r1, a2, a1]],
        [both, all],
        [{ use_case_id: second.useCase.id }, [b1]],
        [others, [i1, l1, u1, q1, c1]],
        [{ ...one, ...both }, [r2, r1, a2, a1]],
        [{ ...one, setup_id: elsewhere.setup.id }, []],
        // Nobody's, and another workspace's: no difference.
        [{ use_case_id: crypto.randomUUID() }, []],
        [{ setup_id: crypto.randomUUID() }, []],
        [{ use_case_id: foreign.useCase.id }, []],
        [{ setup_id: foreign.setup.id }, []],
        // Any spelling of an address; what follows a "+" is a part of it.
        [{ ...both, from_address: ann.toLowerCase() }, [b1, a1]],
        [{ ...both, from_address: ann.toUpperCase() }, [b1, a1]],
        [{ ...one, from_address: ann }, [a1]],
        [{ ...both, from_address: "ann.x@example.org" }, []],
        [{ ...both, from_address: "zoe@MÜLLER.example" }, [n1]],
        // Who could not be written to may have written.
        [{ ...others, from_address: '"Two Words"@example.org' }, [q1]],
        [{ ...others, from_address: "ZOË@example.org" }, [u1]],
        [{ ...others, from_address: "pat@[192.0.2.1]" }, [l1]],
        [{ ...others, from_address: "zoe@müller.example" }, [i1]],
        [{ ...others, from_address: zoe }, [i1]],
        [{ ...both, from_address: [ann, "bob@example.org", ann] }, [b1, a2, a1]],
        [{ ...both, class: "human" }, [r2, r1, n1, a1]],
        [{ ...both, class: ["list", "auto_reply"] }, [b1, a2]],
        [{ ...both, class: ["bounce", "complaint", "report"] }, []],
        [{ ...both, class: "human", from_address: ann }, [a1]],
        // After is inclusive, before exclusive.
        [{ ...both, received_after: b1.received_at }, [r2, r1, n1, b1]],
        [{ ...both, received_before: b1.received_at }, [a2, a1]],
        [{ ...both, received_after: a2.received_at, received_before: n1.received_at }, [b1, a2]],
        [{ ...one, received_after: a2.received_at, from_address: "bob@example.org", class: "list" }, [a2]],
        [{ ...both, received_after: "2040-01-01T00:00:00+02:00" }, []],
        // A thread by the id of any of its messages.
        [{ ...both, thread_id: sent.id }, [r2, r1]],
        [{ ...both, thread_id: r2.id }, [r2, r1]],
        [{ ...one, thread_id: r1.thread_id, from_address: "pat@elsewhere.example" }, [r2]],
        [{ ...both, thread_id: r1.thread_id, class: "list" }, []],
        [{ ...both, thread_id: r1.thread_id, received_before: r2.received_at }, [r1]],
        [{ use_case_id: second.useCase.id, thread_id: sent.id }, []],
        [{ ...both, thread_id: crypto.randomUUID() }, []],
      ];
      for (const [query, found] of rows) {
        const page = await inboundList(first, query);
        assert.deepEqual(idsOf(page.emails), idsOf(found), JSON.stringify(query));
        assert.equal(page.has_more, false);
        assert.equal(page.continuation_token, null);
      }
      const { emails } = await inboundList(first, both);
      for (const [place, email] of emails.entries()) {
        assertMembers(email, SUMMARY_MEMBERS);
        // What the list says is what the detail says.
        assert.deepEqual({ ...all[place], ...email }, all[place]);
      }
      assert.deepEqual(
        emails.map(({ matched_by: by }) => by),
        ["in_reply_to", "in_reply_to", "none", "recipient", "recipient", "recipient"],
      );
    },
  },
  {
    name: "pages of what arrived neither skip nor repeat while mail arrives",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      let count = 0;
      const arriveMany = async (more: number): Promise<readonly InboundSummary[]> => {
        const one = (): Promise<unknown> =>
          arrive(sender, messageOf({ From: "pat@example.org", Subject: `${(count += 1)}` }));
        await Promise.all(Array.from({ length: more }, one));
        return received(sender, count);
      };
      const standing = await arriveMany(30);
      const seen = await allPages(
        async (query) => {
          const { emails, ...end } = await inboundList(sender, query);
          return { items: emails, ...end };
        },
        7,
        // Newer ones, which belong before the first page.
        () => arriveMany(2),
      );
      assert.deepEqual(idsOf(seen), idsOf(standing));
      const times = seen.map(({ received_at: at }) => at);
      assert.deepEqual(times, times.toSorted().toReversed(), "newest first");
    },
  },
  {
    name: "a thread pages oldest first, by the id of any of its messages, and grows at its end",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      await conversation(sender, 1);
      const ids = await conversation(sender, 3);
      for (const named of ids) {
        const thread = await threadOf(sender, named);
        assert.equal(thread.thread_id, ids[0]);
        assert.deepEqual(idsOf(thread.messages), ids);
        assert.deepEqual([thread.has_more, thread.continuation_token], [false, null]);
      }
      let later: string | undefined;
      const pages = await allPages<ThreadMessage>(
        async (query) => {
          const { messages, ...end } = await threadOf(sender, ids[3] ?? "", query);
          return { items: messages, ...end };
        },
        2,
        async () => {
          if (later !== undefined) return;
          const { message_id: messageId } = await sender.email(ids[0] ?? "");
          later = (await receive(sender, answerTo(messageId ?? ""))).id;
        },
      );
      assert.deepEqual(idsOf(pages), [...ids, later]);
      assert.deepEqual(
        pages.map(({ direction }) => direction),
        [...ids.flatMap((_, place) => (place % 2 === 0 ? ["outbound"] : ["inbound"])), "inbound"],
      );
      assert.deepEqual(
        pages.map((message) => (message.direction === "outbound" ? message.in_reply_to_id : null)),
        [null, null, ids[1], null, ids[3], null, null],
      );
      for (const message of pages)
        assertMembers(
          message,
          message.direction === "inbound"
            ? SUMMARY_MEMBERS
            : "id ses_use_case_id setup_id from_address to_address subject state sent_at send_outcome",
        );
    },
  },
  {
    name: "lists of what arrived and threads refuse a missing scope, values that are none and foreign tokens",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, setup, useCase } = sender;
      const [root, , other] = [...(await conversation(sender, 1)), ...(await conversation(sender, 1))];
      const stranger = await (await world.newWorkspace()).sender();
      const token = (await inboundList(sender, { limit: 1 })).continuation_token ?? "";
      const threadToken = (await threadOf(sender, root ?? "", { limit: 1 })).continuation_token ?? "";
      const emailToken = (await sender.emails({ setup_id: setup.id, limit: 1 })).continuation_token ?? "";
      assert.ok(token !== "" && threadToken !== "" && emailToken !== "");

      const get =
        (path: string, of = sender) =>
        (): Promise<ApiAnswer> =>
          of.workspace.api.call("GET", of.workspace.path(path));
      const scope = `/email/inbound?setup_id=${setup.id}`;
      const refused = (name: string, query: string, of = sender): RefusalRow => ({
        name,
        ask: get(query, of),
        ...TOKEN,
      });
      const rows: RefusalRow[] = [
        refused("made up", `${scope}&continuation_token=abc`),
        refused("cut", `${scope}&continuation_token=${token.slice(0, -2)}`),
        ...[0, 5, Math.floor(token.length / 2), token.length - 3].map((at) => {
          const changed = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
          return refused(`changed at ${at}`, `${scope}&continuation_token=${changed}`);
        }),
        refused("of another class", `${scope}&class=human&continuation_token=${token}`),
        refused("of another sender", `${scope}&from_address=a@example.org&continuation_token=${token}`),
        refused("of a thread", `${scope}&thread_id=${root}&continuation_token=${token}`),
        refused(
          "of a narrower time",
          `${scope}&received_after=2020-01-01T00:00:00Z&continuation_token=${token}`,
        ),
        refused("of another scope", `/email/inbound?use_case_id=${useCase.id}&continuation_token=${token}`),
        refused("of the e-mails sent", `${scope}&continuation_token=${emailToken}`),
        refused("for the e-mails sent", `/email?setup_id=${setup.id}&continuation_token=${token}`),
        refused("of the thread, for the list", `${scope}&continuation_token=${threadToken}`),
        refused("of the list, for the thread", `/email/thread/${root}?continuation_token=${token}`),
        refused("of another thread", `/email/thread/${other}?continuation_token=${threadToken}`),
        refused("a stranger's", `${scope}&continuation_token=${token}`, stranger),
        {
          name: "a stranger's thread, with its token",
          ask: get(`/email/thread/${root}?continuation_token=${threadToken}`, stranger),
          ...TOKEN,
        },
      ];
      for (const path of ["/email/inbound", `/email/inbound?thread_id=${root}`, "/email/inbound?class=human"])
        rows.push({ name: path, ask: get(path), status: 422, code: "scope_required" });
      const many = Array.from({ length: 17 }, (_, index) => `from_address=p${index}@example.org`).join("&");
      for (const [query, pointer] of [
        ["from_address=pat", "from_address.0"],
        [`from_address=pat@${"a".repeat(251)}`, "from_address.0"],
        [many, "from_address"],
        ["class=person", "class.0"],
        ["class=human&class=autoreply", "class.1"],
        ["thread_id=1", "thread_id"],
        ["received_after=yesterday", "received_after"],
        ["received_before=2026-01-02", "received_before"],
        ["to_address=pat@example.org", "to_address"],
        ...["0", "201", "x", ""].map((limit) => [`limit=${limit}`, "limit"] as const),
        ["limit=1&limit=2", "limit"],
        ["continuation_token=", "continuation_token"],
      ] as const)
        rows.push({ name: query.slice(0, 60), ask: get(`${scope}&${query}`), ...INVALID, pointer });
      for (const limit of ["0", "201", "x"])
        rows.push({
          name: `a thread, limit ${limit}`,
          ask: get(`/email/thread/${root}?limit=${limit}`),
          ...INVALID,
          pointer: "limit",
        });
      await assertRefused(workspace, rows);

      // The limit is no part of the query.
      const rest = await inboundList(sender, { limit: 200, continuation_token: token });
      assert.equal(rest.emails.length, 1);
    },
  },
];
