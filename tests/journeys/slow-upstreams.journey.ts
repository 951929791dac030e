// What takes as long as the budgets for upstream calls, all of it at once: a provider that never
// answers, one that throttles every send, resolvers that are silent.
import assert from "node:assert/strict";
import { jsonOf } from "../support/api-client.ts";
import type { SetupDetail } from "../support/api-shapes.ts";
import { assertProblem } from "../support/refusals.ts";
import type { Journey } from "../support/world.ts";

export const journeys: readonly Journey[] = [
  {
    name: "time-outs: a setup answers 504 and is resumed, a throttled send ends with 429, a check with what was known",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, setup } = sender;
      const name = world.unique("clinic");
      const json = { tenant_name: name, domain_identity: `mail.${name}.example` };
      const before = await workspace.trace();
      const faults = {
        ses: {
          fail: [
            { operation: "CreateEmailIdentity", status: "timeout", after_accept: true },
            { operation: "SendEmail", status: 429, times: 1_000 },
          ],
        },
        dns: { timeout: [setup.domain_identity] },
      };
      const [created, throttled, checked] = await world.sandbox.withFaults(faults, () =>
        Promise.all([
          workspace.api.call("POST", "/v1/ses-setup", { json }),
          sender.post({}, "k1"),
          workspace.api.get<SetupDetail>(`/v1/ses-setup/${setup.id}`),
        ]),
      );
      assertProblem(created, { status: 504, code: "provider_timed_out" });
      assertProblem(throttled, {
        status: 429,
        code: "provider_throttled",
        headers: { "retry-after": /^[1-9]\d*$/ },
      });
      assert.ok(checked.dns_records.every((record) => record.verified && record.reason === "lookup_failed"));
      assert.equal(checked.dns_checked_at, setup.dns_checked_at);
      // What was begun is resumed by the same request, and gone without a trace once it is deleted.
      const resumed = await workspace.api.call("POST", "/v1/ses-setup", { json });
      assert.equal(resumed.status, 201);
      const { id } = jsonOf<SetupDetail>(resumed);
      assert.equal((await workspace.api.call("DELETE", `/v1/ses-setup/${id}`)).status, 204);
      assert.deepEqual(await workspace.trace(), before);
      // Nothing holds the key.
      await sender.send({}, "k1");
    },
  },
];
