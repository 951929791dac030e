// Sends of which nobody knows whether the provider took them: never repeated by us, settled by an event
// that carries our tag, and the same request later answers what became of the first.
import assert from "node:assert/strict";
import { assertStatus, jsonOf } from "../support/api-client.ts";
import type { Problem, SentEmail } from "../support/api-shapes.ts";
import { assertProblem } from "../support/refusals.ts";
import type { Journey } from "../support/world.ts";

const UNKNOWN = { status: 504, code: "send_outcome_unknown" };
/** Long enough that the answer is out before the events come, which may be faster otherwise. */
const EVENTS_LATER = { delay_ms: 1_000 };

type UnknownProblem = Problem & { readonly id: string };

export const journeys: readonly Journey[] = [
  {
    name: "taken, and the answer lost: the mail's event settles it, and nobody gets it twice",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace } = sender;
      const to = sender.newRecipient();
      const octets = new TextEncoder().encode("a");
      const fields = { to_address: to, attachments: [{ name: "a.txt", type: "text/plain", octets }] };
      const fail = { operation: "SendEmail", status: 500, after_accept: true };
      const problem = await world.sandbox.withFaults({ ses: { fail }, sns: EVENTS_LATER }, async () => {
        const first = assertProblem(await sender.post(fields, "k1"), UNKNOWN) as UnknownProblem;
        // Once more while it is unknown: the same answer, and no other attempt.
        assert.equal(
          (assertProblem(await sender.post(fields, "k1"), UNKNOWN) as UnknownProblem).id,
          first.id,
        );
        return first;
      });
      const unknown = await sender.email(problem.id);
      assert.deepEqual(
        [unknown.send_outcome, unknown.state, unknown.message_id, unknown.sent_at],
        ["unknown", null, null, null],
      );
      assert.deepEqual((await sender.emails()).emails, []);
      assert.deepEqual(
        (await sender.emails({ send_outcome: "unknown" })).emails.map(({ id }) => id),
        [problem.id],
      );

      const settled = await sender.emailIn(problem.id, "delivered");
      assert.equal(settled.send_outcome, "sent");
      const mail = await world.sandbox.onlyMail(to);
      assert.equal(settled.message_id, mail.id);
      const replay = assertStatus(await sender.post(fields, "k1"), 201, "the same request, later");
      assert.equal(replay.headers.get("idempotency-replayed"), "true");
      assert.deepEqual(jsonOf<SentEmail>(replay), {
        id: problem.id,
        message_id: mail.id,
        sent_at: settled.sent_at ?? "",
        attachment_filenames: ["a.txt"],
      });
      await world.sandbox.onlyMail(to);
      assert.equal(
        (await workspace.api.call("GET", workspace.path(`/email/${problem.id}/body`))).status,
        200,
      );
      assert.deepEqual(
        (await sender.emails()).emails.map(({ id }) => id),
        [problem.id],
      );
    },
  },
  {
    name: "not taken, and the answer unclear: it stays unknown and is not tried again",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const to = sender.newRecipient();
      await world.sandbox.clearCalls();
      const fail = { operation: "SendEmail", status: 500 };
      const answer = await world.sandbox.withFaults({ ses: { fail } }, () =>
        sender.post({ to_address: to }, "k1"),
      );
      const { id } = assertProblem(answer, UNKNOWN) as UnknownProblem;
      assertProblem(await sender.post({ to_address: to }, "k1"), UNKNOWN);
      assert.equal((await world.sandbox.calls("SendEmail")).length, 1);
      assert.deepEqual(await world.sandbox.mailbox(to), []);
      assert.equal((await sender.email(id)).send_outcome, "unknown");
    },
  },
];
