// Twenty setups at once, while the provider takes two calls a second: each is made, or refused without a trace so that the
// same request goes on. That no two calls come too close is the turns' own test (provider-turns.test.ts).
import { expect, test } from "bun:test";
import type { ApiAnswer } from "../../support/api-client.ts";
import { OPERATOR_KEY, startProgram, startSandboxProgram, temporaryFolder } from "../../support/program.ts";
import { assertProblem } from "../../support/refusals.ts";
import { makeWorld } from "../../support/world.ts";

const SETUPS = 20;
const CALLS_PER_SECOND = 2;
const ROUNDS_MAX = 6;

test("twenty setups at once", async () => {
  const folder = await temporaryFolder();
  const sandbox = await startSandboxProgram(`${folder.path}/sandbox`);
  const program = await startProgram({
    sandboxUrl: sandbox.url,
    dataDir: `${folder.path}/data`,
    environment: { SES_CALLS_PER_SECOND: String(CALLS_PER_SECOND) },
  });
  try {
    const world = makeWorld({
      url: program.url,
      sandboxUrl: sandbox.url,
      operatorKey: OPERATOR_KEY,
      runtime: "bun",
      countBlobs: () => Promise.resolve(0),
    });
    const { api } = await world.newWorkspace();
    await world.sandbox.setFaults({ ses: { throttle_per_second: CALLS_PER_SECOND } });
    const names = Array.from({ length: SETUPS }, () => world.unique("crowd"));
    const create = (name: string): Promise<ApiAnswer> =>
      api.call("POST", "/v1/ses-setup", { json: { tenant_name: name, domain_identity: `${name}.example` } });

    let left: readonly string[] = names;
    for (let round = 1; left.length > 0 && round <= ROUNDS_MAX; round++) {
      const answers = await Promise.all(left.map(create));
      for (const answer of answers)
        if (answer.status !== 201) assertProblem(answer, { status: 504, code: "provider_timed_out" });
      left = left.filter((_, index) => answers[index]?.status !== 201);
      // Some of a crowd are always served: who has begun is not held up by those who have not.
      expect(left.length).toBeLessThanOrEqual(SETUPS - round * 3);
    }
    expect(left).toEqual([]);
    const { tenants, identities } = await world.sandbox.state();
    expect([tenants.length, identities.length]).toEqual([SETUPS, SETUPS]);
  } finally {
    await program.kill();
    await sandbox.stop();
    await folder.remove();
  }
}, 150_000);
