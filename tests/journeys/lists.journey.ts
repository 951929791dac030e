// Both lists of e-mails and events: every filter, both scopes, and pages that neither skip nor repeat while mails arrive.
import assert from "node:assert/strict";
import { assertMembers, type EmailEvent, type EmailSummary } from "../support/api-shapes.ts";
import type { Journey } from "../support/world.ts";

export const journeys: readonly Journey[] = [
  {
    name: "every filter of both lists finds exactly what it says",
    async run(world) {
      const { sandbox } = world;
      const workspace = await world.newWorkspace();
      const first = await workspace.sender();
      const second = { ...first, useCase: await workspace.useCase(first.setup) };
      const elsewhere = await workspace.sender();
      const [ann, bob] = [`Ann.${world.unique("x")}@Example.org`, `${world.unique("bob")}@example.org`];
      const send = async (
        sender: typeof first,
        to: string,
        useCaseId = sender.useCase.id,
      ): Promise<string> => {
        const sent = await sender.send({ to_address: to, use_case_id: useCaseId });
        await sandbox.settled();
        return sent.id;
      };
      const a1 = await send(first, ann);
      const a2 = await send(first, bob);
      const a3 = await sandbox.withFaults({ sns: { drop: true } }, () => send(first, ann));
      const b1 = await send(first, ann, second.useCase.id);
      const c1 = await send(elsewhere, ann);
      const messageOf = async (id: string): Promise<string> => (await first.email(id)).message_id ?? "";
      await sandbox.event(await messageOf(a1), { type: "open", timestamp: "2030-01-01T00:00:00.000Z" });
      await sandbox.event(await messageOf(a2), { type: "bounce", timestamp: "2030-01-02T00:00:00.000Z" });
      await sandbox.event(await messageOf(b1), { type: "complaint", timestamp: "2030-01-03T00:00:00.000Z" });
      await sandbox.settled();

      const one = { use_case_id: first.useCase.id };
      const both = { setup_id: first.setup.id };
      const [atA2, atB1] = [(await first.email(a2)).sent_at ?? "", (await first.email(b1)).sent_at ?? ""];
      const emails: readonly (readonly [
        query: Parameters<typeof first.emails>[0],
        ids: readonly string[],
      ])[] = [
        [one, [a3, a2, a1]],
        [both, [b1, a3, a2, a1]],
        [{ setup_id: elsewhere.setup.id }, [c1]],
        [{ ...one, setup_id: first.setup.id }, [a3, a2, a1]],
        [{ ...one, setup_id: elsewhere.setup.id }, []],
        [{ use_case_id: crypto.randomUUID() }, []],
        [{ setup_id: crypto.randomUUID() }, []],
        [{ ...both, to_address: ann.toLowerCase() }, [b1, a3, a1]],
        [{ ...both, to_address: [ann.toUpperCase(), bob] }, [b1, a3, a2, a1]],
        [{ ...both, to_address: "nobody@example.org" }, []],
        [{ ...both, state: "delivered" }, [a1]],
        [{ ...both, state: "sent" }, [a3]],
        [{ ...both, state: "bounced" }, [a2]],
        [{ ...both, state: ["bounced", "complained"] }, [b1, a2]],
        [{ ...both, state: "rejected" }, []],
        [{ ...both, state: ["sent", "delivered"], to_address: ann }, [a3, a1]],
        // After is inclusive, before exclusive.
        [{ ...both, sent_after: atA2 }, [b1, a3, a2]],
        [{ ...both, sent_before: atA2 }, [a1]],
        [{ ...both, sent_after: atA2, sent_before: atB1 }, [a3, a2]],
        [{ ...both, sent_after: "2040-01-01T00:00:00+02:00" }, []],
        [{ ...both, sent_after: atA2, to_address: bob, state: "bounced" }, [a2]],
        [{ ...both, send_outcome: "sent" }, [b1, a3, a2, a1]],
        [{ ...both, send_outcome: ["unknown", "pending", "refused"] }, []],
        [{ ...both, state: ["sent", "sent"] }, [a3]],
      ];
      for (const [query, ids] of emails) {
        const page = await first.emails(query);
        assert.deepEqual(
          page.emails.map(({ id }) => id),
          ids,
          JSON.stringify(query),
        );
        assert.equal(page.has_more, false);
        assert.equal(page.continuation_token, null);
      }
      const summary = (await first.emails({ ...both, to_address: bob })).emails[0];
      assertMembers(
        summary,
        "id ses_use_case_id setup_id from_address to_address subject state sent_at has_attachment",
      );
      assertMembers(summary, "open_count click_count");

      const D = "Delivery";
      const events: readonly (readonly [
        query: Parameters<typeof first.events>[0],
        seen: readonly string[],
      ])[] = [
        [one, [`${a2} Bounce`, `${a1} Open`, `${a2} ${D}`, `${a1} ${D}`]],
        [both, [`${b1} Complaint`, `${a2} Bounce`, `${a1} Open`, `${b1} ${D}`, `${a2} ${D}`, `${a1} ${D}`]],
        [{ ...both, email_id: b1 }, [`${b1} Complaint`, `${b1} ${D}`]],
        [{ ...both, email_id: [a1, a2], event_type: D }, [`${a2} ${D}`, `${a1} ${D}`]],
        [{ ...both, event_type: ["Open", "Bounce"] }, [`${a2} Bounce`, `${a1} Open`]],
        [{ ...both, event_type: "Click" }, []],
        [{ ...both, event_at_after: "2030-01-02T00:00:00Z" }, [`${b1} Complaint`, `${a2} Bounce`]],
        [
          { ...both, event_at_after: "2030-01-01T00:00:00Z", event_at_before: "2030-01-02T00:00:00Z" },
          [`${a1} Open`],
        ],
        [{ ...both, email_id: a3 }, []],
        [{ ...one, email_id: b1 }, []],
        [{ ...both, email_id: c1 }, []],
        [{ setup_id: crypto.randomUUID() }, []],
      ];
      for (const [query, seen] of events) {
        const page = await first.events(query);
        const lines = page.events.map((event) => `${event.email_id} ${event.event_type}`);
        assert.deepEqual(lines, seen, JSON.stringify(query));
      }
      const event = (await first.events(one)).events[0];
      assertMembers(event, "id email_id event_type event_at received_at");
    },
  },
  {
    name: "pages neither skip nor repeat while mails arrive",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const sendMany = async (count: number): Promise<string[]> => {
        const ids: string[] = [];
        for (let at = 0; at < count; at += 10) {
          const some = Array.from({ length: Math.min(10, count - at) }, () => sender.send());
          ids.push(...(await Promise.all(some)).map(({ id }) => id));
        }
        return ids;
      };
      const standing = new Set(await sendMany(60));
      await world.sandbox.settled();

      const seen: EmailSummary[] = [];
      let token: string | null = null;
      do {
        const page = await sender.emails({
          limit: 7,
          ...(token === null ? {} : { continuation_token: token }),
        });
        assert.equal(page.has_more, page.continuation_token !== null);
        assert.ok(page.emails.length === 7 || !page.has_more, "a page that is not the last is full");
        seen.push(...page.emails);
        token = page.continuation_token;
        // Newer ones, which belong before the first page.
        await sendMany(3);
      } while (token !== null);
      const ids = seen.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, "an e-mail was listed twice");
      assert.deepEqual(new Set(ids), standing);
      const times = seen.map((email) => email.sent_at ?? "");
      assert.deepEqual(times, times.toSorted().toReversed(), "newest first");

      await world.sandbox.settled();
      const all = (await sender.events({ limit: 200 })).events.map(({ id }) => id);
      assert.equal(all.length, 87);
      const events: EmailEvent[] = [];
      let next: string | null = null;
      do {
        const page = await sender.events({
          limit: 9,
          ...(next === null ? {} : { continuation_token: next }),
        });
        events.push(...page.events);
        next = page.continuation_token;
        await sendMany(2);
      } while (next !== null);
      assert.deepEqual(
        events.map(({ id }) => id),
        all,
      );
    },
  },
];
