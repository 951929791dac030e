// `Idempotency-Key`: the same request again gets the first answer, and whatever happens nobody gets a
// mail twice.
import assert from "node:assert/strict";
import { type ApiAnswer, assertStatus, jsonOf } from "../support/api-client.ts";
import type { SentEmail, SetupDetail } from "../support/api-shapes.ts";
import { assertProblem, assertRefused } from "../support/refusals.ts";
import { until } from "../support/until.ts";
import { complete, type Journey, useCaseOn } from "../support/world.ts";

const REUSED = { status: 422, code: "idempotency_key_reused" };
const IN_PROGRESS = { status: 409, code: "request_in_progress", headers: { "retry-after": /^[1-9]\d*$/ } };

const isReplay = (answer: ApiAnswer): boolean => answer.headers.get("idempotency-replayed") === "true";

export const journeys: readonly Journey[] = [
  {
    name: "whatever creates something answers a repeated request with its first answer",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api, path } = workspace;
      const setup = await workspace.verifiedSetup();
      const name = world.unique("clinic");
      const requests: readonly (readonly [string, ApiAnswerOf])[] = [
        [
          "a workspace",
          (key) =>
            world.operator.call("POST", "/v1/workspaces", {
              json: { name },
              headers: { "idempotency-key": key },
            }),
        ],
        [
          "a setup",
          (key) =>
            api.call("POST", path("/channels/ses-setup"), {
              json: { tenant_name: name, domain_identity: `${name}.example` },
              headers: { "idempotency-key": key },
            }),
        ],
        [
          "a use case",
          (key) =>
            api.call("POST", "/v1/use-case", { json: useCaseBody, headers: { "idempotency-key": key } }),
        ],
      ];
      const useCaseBody = useCaseOn(world, setup);
      for (const [what, request] of requests) {
        const key = world.unique("key");
        const first = assertStatus(await request(key), 201, what);
        assert.equal(isReplay(first), false, what);
        if (what === "a setup") await complete(world, jsonOf<SetupDetail>(first));
        const before = await workspace.trace();
        // Quoted or bare, it is the same key.
        for (const again of [key, `"${key}"`]) {
          const replay = assertStatus(await request(again), 201, what);
          assert.ok(isReplay(replay), what);
          assert.equal(replay.text, first.text, what);
        }
        assert.deepEqual(await workspace.trace(), before);
      }
    },
  },
  {
    name: "a key that belongs to another request is refused, and one that is none",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, setup } = sender;
      const { api } = workspace;
      const note = { name: "a.txt", type: "text/plain", octets: new TextEncoder().encode("a") };
      const fields = { to_address: sender.newRecipient(), attachments: [note] };
      await sender.send(fields, "k1");
      await world.sandbox.settled();
      const under = (key: string) => (): Promise<ApiAnswer> =>
        api.call("POST", "/v1/use-case", {
          json: useCaseOn(world, setup),
          headers: { "idempotency-key": key },
        });
      const other = (more: object) => (): Promise<ApiAnswer> => sender.post({ ...fields, ...more }, "k1");
      const invalid = { status: 422, code: "idempotency_key_invalid" };
      await assertRefused(workspace, [
        { name: "another recipient", ask: other({ to_address: "sam@example.org" }), ...REUSED },
        { name: "another subject", ask: other({ subject: "Another" }), ...REUSED },
        { name: "another body", ask: other({ body_html: "<p>x</p>" }), ...REUSED },
        { name: "a text besides", ask: other({ body_text: "x" }), ...REUSED },
        { name: "no file", ask: other({ attachments: [] }), ...REUSED },
        {
          name: "another content of the file",
          ask: other({ attachments: [{ ...note, octets: new TextEncoder().encode("b") }] }),
          ...REUSED,
        },
        {
          name: "another name of the file",
          ask: other({ attachments: [{ ...note, name: "b.txt" }] }),
          ...REUSED,
        },
        {
          name: "another type of the file",
          ask: other({ attachments: [{ ...note, type: "text/html" }] }),
          ...REUSED,
        },
        { name: "another operation", ask: under("k1"), ...REUSED },
        { name: "an empty key", ask: under('""'), ...invalid },
        { name: "a key of 256 characters", ask: under("k".repeat(256)), ...invalid },
        { name: "a key with a control character", ask: under("a\tb"), ...invalid },
        { name: "a key that is no ASCII", ask: under("kéy"), ...invalid },
      ]);
      assert.ok(isReplay(await sender.post(fields, "k1")));
    },
  },
  {
    name: "a refusal stores nothing: the same key serves the corrected request",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const to = sender.newRecipient();
      for (const fault of [{ use_case_id: crypto.randomUUID() }, { subject: "" }])
        assert.ok((await sender.post({ to_address: to, ...fault }, "k1")).status >= 400);
      const answer = assertStatus(await sender.post({ to_address: to }, "k1"), 201, "corrected");
      assert.equal(isReplay(answer), false);
      await world.sandbox.onlyMail(to);
    },
  },
  {
    name: "a key is its workspace's alone",
    async run(world) {
      const ours = await (await world.newWorkspace()).sender();
      const theirs = await (await world.newWorkspace()).sender();
      const to = ours.newRecipient();
      const first = await ours.send({ to_address: to }, "shared-key");
      const second = assertStatus(await theirs.post({ to_address: to }, "shared-key"), 201, "the other's");
      assert.equal(isReplay(second), false);
      assert.notEqual(jsonOf<SentEmail>(second).id, first.id);
      assert.equal((await world.sandbox.mailbox(to)).length, 2);
    },
  },
  {
    name: "a request whose first one still runs is asked to wait, and then gets its answer",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const to = sender.newRecipient();
      const first = await world.sandbox.withFaults({ ses: { latency_ms: 1_500 } }, async () => {
        const running = sender.post({ to_address: to }, "k1");
        await until(
          "the mail is pending",
          () => sender.emails({ send_outcome: "pending" }),
          ({ emails }) => emails.length === 1,
        );
        assertProblem(await sender.post({ to_address: to }, "k1"), IN_PROGRESS);
        assertProblem(await sender.post({ to_address: to, subject: "Another" }, "k1"), REUSED);
        assert.deepEqual((await sender.emails()).emails, [], "a pending mail is not listed unasked");
        return assertStatus(await running, 201, "the first");
      });
      const replay = assertStatus(await sender.post({ to_address: to }, "k1"), 201, "the replay");
      assert.ok(isReplay(replay));
      assert.deepEqual(jsonOf(replay), jsonOf(first));
      await world.sandbox.onlyMail(to);
    },
  },
  {
    name: "of many at once with one key exactly one is sent",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const to = sender.newRecipient();
      const answers = await world.sandbox.withFaults({ ses: { latency_ms: 100 } }, () =>
        Promise.all(Array.from({ length: 12 }, () => sender.post({ to_address: to }, "k1"))),
      );
      const taken = answers.filter(({ status }) => status === 201);
      assert.ok(taken.length >= 1);
      assert.equal(new Set(taken.map(({ text }) => text)).size, 1);
      for (const answer of answers.filter(({ status }) => status !== 201)) assertProblem(answer, IN_PROGRESS);
      await world.sandbox.onlyMail(to);
      assert.equal((await sender.emails()).emails.length, 1);
    },
  },
];

type ApiAnswerOf = (idempotencyKey: string) => Promise<ApiAnswer>;
