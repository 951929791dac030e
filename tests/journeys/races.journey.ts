// Requests that race for the same thing: one of them wins whole, the others are refused and leave nothing (the unique
// constraints decide).
import assert from "node:assert/strict";
import { type ApiAnswer, jsonOf } from "../support/api-client.ts";
import { assertProblem } from "../support/refusals.ts";
import { type Journey, listedSetup, useCaseOn, type Workspace } from "../support/world.ts";

const RACERS = 10;

const race = (ask: (index: number) => Promise<ApiAnswer>): Promise<ApiAnswer[]> =>
  Promise.all(Array.from({ length: RACERS }, (_, index) => ask(index)));

/** Exactly one answer is 201; the others are this refusal. */
function assertOneMade(answers: readonly ApiAnswer[], status: number, codes: readonly string[]): void {
  const made = answers.filter((answer) => answer.status === 201);
  assert.equal(made.length, 1, answers.map(({ status, text }) => `${status} ${text}`).join("\n"));
  for (const answer of answers.filter((one) => one.status !== 201)) {
    const { code } = jsonOf<{ code: string }>(answer);
    assert.ok(codes.includes(code), code);
    assertProblem(answer, { status, code });
  }
}

const createSetup = ({ api }: Workspace, tenant: string, domain: string): Promise<ApiAnswer> =>
  api.call("POST", "/v1/ses-setup", { json: { tenant_name: tenant, domain_identity: domain } });

export const journeys: readonly Journey[] = [
  {
    name: "of many setups at once with one name, one is made",
    async run(world) {
      const workspaces = [await world.newWorkspace(), await world.newWorkspace()] as const;
      const name = world.unique("clinic");
      const ofEither = (index: number): Workspace => workspaces[index % 2 === 0 ? 0 : 1];
      const sameTenant = await race((index) =>
        createSetup(ofEither(index), name, `${name}-${index}.example`),
      );
      assertOneMade(sameTenant, 409, ["tenant_name_taken"]);
      const sameDomain = await race((index) =>
        createSetup(ofEither(index), `${name}-${index}`, `${name}.example`),
      );
      assertOneMade(sameDomain, 409, ["domain_identity_taken"]);
      const state = await world.sandbox.state();
      assert.equal(state.tenants.filter((tenant) => tenant.name.startsWith(name)).length, 2);
      assert.equal(state.identities.filter((identity) => identity.name.startsWith(name)).length, 2);
    },
  },
  {
    name: "of many use cases at once with one name or sender, one is made",
    async run(world) {
      const workspace = await world.newWorkspace();
      const setup = await workspace.verifiedSetup();
      const create = (form: object): Promise<ApiAnswer> =>
        workspace.api.call("POST", "/v1/use-case", { json: { ...useCaseOn(world, setup), ...form } });
      const before = (await world.sandbox.state()).configuration_sets.length;
      assertOneMade(await race(() => create({ name: "Reminders" })), 409, ["use_case_name_taken"]);
      const sender = { sender_email_address: `hello@${setup.domain_identity}` };
      assertOneMade(await race(() => create(sender)), 409, ["sender_address_taken"]);
      assert.equal((await world.sandbox.state()).configuration_sets.length, before + 2);
    },
  },
  {
    name: "of many creations at once with one Idempotency-Key, one is made",
    async run(world) {
      const workspace = await world.newWorkspace();
      const name = world.unique("clinic");
      const json = { tenant_name: name, domain_identity: `${name}.example` };
      const headers = { "idempotency-key": name };
      const answers = await race(() => workspace.api.call("POST", "/v1/ses-setup", { json, headers }));
      const made = answers.filter(({ status }) => status === 201);
      assert.equal(new Set(made.map(({ text }) => text)).size, 1);
      for (const answer of answers.filter(({ status }) => status !== 201))
        assertProblem(answer, { status: 409, code: "request_in_progress" });
      assert.equal((await world.sandbox.state()).tenants.filter((tenant) => tenant.name === name).length, 1);
    },
  },
  {
    name: "a setup is not deleted under a use case that is being made on it",
    async run(world) {
      const workspace = await world.newWorkspace();
      for (let round = 0; round < 5; round += 1) {
        const setup = await workspace.verifiedSetup();
        const json = useCaseOn(world, setup);
        const [made, deleted] = await Promise.all([
          workspace.api.call("POST", "/v1/use-case", { json }),
          workspace.api.call("DELETE", `/v1/ses-setup/${setup.id}`),
        ]);
        const isListed = (await listedSetup(workspace, setup.id)) !== undefined;
        if (made.status === 201) {
          assertProblem(deleted, { status: 409, code: "setup_in_use" });
          assert.ok(isListed);
        } else {
          assertProblem(made, { status: 404, code: "setup_not_found" });
          assert.equal(deleted.status, 204, deleted.text);
          assert.ok(!isListed);
        }
      }
    },
  },
];
