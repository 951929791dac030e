// What holds for every operation: two path families, pages of setups, keys, the operator, request
// ids, health.
import assert from "node:assert/strict";
import { apiClient, assertStatus, jsonOf } from "../support/api-client.ts";
import type {
  IssuedKey,
  SetupDetail,
  SetupItem,
  SetupPage,
  UseCase,
  WorkspaceBody,
} from "../support/api-shapes.ts";
import { assertProblem } from "../support/refusals.ts";
import { until } from "../support/until.ts";
import { type Journey, useCaseOn } from "../support/world.ts";

export const journeys: readonly Journey[] = [
  {
    name: "both path families are one operation",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api, path } = workspace;
      const long = (ending: string): string => path(`/channels${ending}`);
      const names = (): object => ({
        tenant_name: world.unique("t"),
        domain_identity: `${world.unique("d")}.example`,
      });
      for (const at of ["/v1/ses-setup", long("/ses-setup")]) {
        const setup = await api.expect<SetupDetail>(201, "POST", at, { json: names() });
        const other = at.startsWith("/v1/ses") ? long("/ses-setup") : "/v1/ses-setup";
        await workspace.publish(setup);
        const verified = await api.expect<SetupDetail>(200, "POST", `${other}/${setup.id}/verify`);
        const still = (setup: SetupDetail): object => ({ ...setup, dns_checked_at: null, updated_at: "" });
        for (const family of [at, other])
          assert.deepEqual(still(await api.get<SetupDetail>(`${family}/${setup.id}`)), still(verified));
        const listed = (await api.get<{ items: SetupItem[] }>("/v1/ses-setup")).items;
        assert.deepEqual((await api.get<SetupPage>(`${long("/ses-setup")}?limit=20`)).items, listed);

        const useCases = at.replace("ses-setup", "use-case");
        const elsewhere = other.replace("ses-setup", "use-case");
        const useCase = await api.expect<UseCase>(201, "POST", useCases, { json: useCaseOn(world, setup) });
        assert.deepEqual(await api.get<UseCase>(`${elsewhere}/${useCase.id}`), useCase);
        assert.deepEqual(await api.get(`${elsewhere}?ses_setup_id=${setup.id}`), { items: [useCase] });
        assertProblem(await api.call("DELETE", `${other}/${setup.id}`), {
          status: 409,
          code: "setup_in_use",
        });
        assert.equal((await api.call("DELETE", `${elsewhere}/${useCase.id}`)).status, 204);
        const deleted = await api.call("DELETE", `${other}/${setup.id}`);
        assert.deepEqual([deleted.status, deleted.octets.length], [204, 0]);
        assert.equal((await api.call("GET", `${at}/${setup.id}`)).status, 404);
      }
    },
  },
  {
    name: "setups are paged in creation order, with an exact total",
    async run(world) {
      const workspace = await world.newWorkspace();
      const setups: SetupDetail[] = [];
      for (let count = 0; count < 12; count += 1) setups.push(await workspace.newSetup());
      const ids = setups.map(({ id }) => id);
      const page = (query: string): Promise<SetupPage> =>
        workspace.api.get<SetupPage>(workspace.path(`/channels/ses-setup${query}`));
      const shown = ({ items, ...rest }: SetupPage): unknown[] => [items.map(({ id }) => id), rest];
      const more = (token: number): object => ({ has_more: true, continuation_token: token, total: 12 });
      const end = { has_more: false, continuation_token: null, total: 12 };
      assert.deepEqual(shown(await page("")), [ids.slice(0, 10), more(10)]);
      assert.deepEqual(shown(await page("?continuation_token=10")), [ids.slice(10), end]);
      assert.deepEqual(shown(await page("?limit=5&continuation_token=0")), [ids.slice(0, 5), more(5)]);
      assert.deepEqual(shown(await page("?limit=5&continuation_token=5")), [ids.slice(5, 10), more(10)]);
      assert.deepEqual(shown(await page("?limit=1&continuation_token=3")), [[ids[3]], more(4)]);
      assert.deepEqual(shown(await page("?limit=12")), [ids, end]);
      assert.deepEqual(shown(await page("?limit=20")), [ids, end]);
      assert.deepEqual(shown(await page("?continuation_token=12")), [[], end]);
      assert.deepEqual(shown(await page("?continuation_token=1000")), [[], end]);
      const all = await workspace.api.get<{ items: SetupItem[] }>("/v1/ses-setup");
      assert.deepEqual(Object.keys(all), ["items"]);
      assert.deepEqual(
        all.items.map(({ id }) => id),
        ids,
      );
    },
  },
  {
    name: "a key is shown once, does what it holds, issues no more than that, and stops at once when revoked",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api, path } = workspace;
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      const issued = await api.expect<IssuedKey>(201, "POST", path("/api-keys"), {
        json: { name: "Büro", permissions: ["Channel.view", "ApiKey.manage"], expires_at: expiresAt },
      });
      assert.match(issued.api_key, /^pr_test_[0-9a-z]{32,}$/);
      assert.deepEqual(
        { ...issued, id: "", api_key: "", created_at: "" },
        {
          id: "",
          api_key: "",
          created_at: "",
          name: "Büro",
          permissions: ["Channel.view", "ApiKey.manage"],
          expires_at: expiresAt,
        },
      );
      const office = apiClient(world.url, issued.api_key);
      assert.equal((await office.call("GET", "/v1/ses-setup")).status, 200);
      assert.equal((await office.call("POST", path("/email/send"))).status, 403);
      const child = await office.expect<IssuedKey>(201, "POST", path("/api-keys"), {
        json: { name: "child", permissions: ["Channel.view"], expires_at: expiresAt },
      });

      const list = await api.call("GET", path("/api-keys"));
      assert.ok(!list.text.includes(issued.api_key) && !list.text.includes("sha256"));
      type Listed = { id: string; name: string; last_used_at: string | null; expires_at: string | null };
      const { items } = jsonOf<{ items: Listed[] }>(list);
      assert.deepEqual(
        items.map(({ id }) => id),
        [workspace.keyId, issued.id, child.id],
      );
      assert.equal(items[2]?.last_used_at, null);
      const used = await until(
        "the use is noted",
        async () => (await api.get<{ items: Listed[] }>(path("/api-keys"))).items[1]?.last_used_at,
        (at) => typeof at === "string",
      );
      assert.match(used ?? "", /:00\.000Z$/, "to the minute");

      assert.equal((await office.call("GET", "/v1/use-case")).status, 200);
      const revoked = await api.call("DELETE", path(`/api-keys/${issued.id}`));
      assert.deepEqual([revoked.status, revoked.text], [204, ""]);
      assert.equal((await office.call("GET", "/v1/use-case")).status, 401);
      assert.equal((await api.call("DELETE", path(`/api-keys/${issued.id}`))).status, 404);
      assert.equal((await apiClient(world.url, child.api_key).call("GET", "/v1/use-case")).status, 200);
      // A key may revoke itself.
      const own = await workspace.issueKey(["ApiKey.manage"]);
      const last = apiClient(world.url, own.api_key);
      assert.equal((await last.call("DELETE", path(`/api-keys/${own.id}`))).status, 204);
      assert.equal((await last.call("GET", path("/api-keys"))).status, 401);
    },
  },
  {
    name: "the operator sees every workspace on the short paths and names one to create in",
    async run(world) {
      const { operator } = world;
      const one = await world.newWorkspace();
      const two = await world.newWorkspace();
      const setups = [await one.newSetup(), await two.newSetup()];
      const listed = (await operator.get<{ items: SetupItem[] }>("/v1/ses-setup")).items.map(({ id }) => id);
      for (const setup of setups) {
        assert.ok(listed.includes(setup.id));
        assert.equal((await operator.get<SetupDetail>(`/v1/ses-setup/${setup.id}`)).id, setup.id);
      }
      const [, second] = setups;
      assert.ok(second);
      // Another workspace's setup is not reached through a path that names this one.
      const crossed = await operator.call("GET", one.path(`/channels/ses-setup/${second.id}`));
      assertProblem(crossed, { status: 404, code: "setup_not_found" });

      const made = await operator.expect<SetupDetail>(201, "POST", "/v1/ses-setup", {
        json: { tenant_name: world.unique("t"), domain_identity: `${world.unique("d")}.example` },
        headers: { "workspace-id": two.id },
      });
      const theirs = (await two.api.get<{ items: SetupItem[] }>("/v1/ses-setup")).items.map(({ id }) => id);
      assert.deepEqual(theirs, [second.id, made.id]);
      await two.publish(made);
      const useCase = await operator.expect<UseCase>(201, "POST", "/v1/use-case", {
        json: useCaseOn(world, made),
        headers: { "workspace-id": two.id },
      });
      assert.equal((await two.api.get<UseCase>(`/v1/use-case/${useCase.id}`)).id, useCase.id);
      const sending = await two.sender();
      assertStatus(await sending.post({}, undefined, operator), 201, "the operator sends");
      assert.equal((await operator.call("DELETE", `/v1/use-case/${useCase.id}`)).status, 204);
      assert.equal((await operator.call("DELETE", `/v1/ses-setup/${made.id}`)).status, 204);

      assert.equal((await operator.get<WorkspaceBody>(`/v1/workspaces/${one.id}`)).id, one.id);
      type Page = {
        items: WorkspaceBody[];
        has_more: boolean;
        continuation_token: number | null;
        total: number;
      };
      const seen: string[] = [];
      let token: number | null = 0;
      while (token !== null) {
        const page: Page = await operator.get<Page>(`/v1/workspaces?limit=20&continuation_token=${token}`);
        seen.push(...page.items.map(({ id }) => id));
        token = page.continuation_token;
        if (token === null) assert.equal(seen.length, page.total);
      }
      assert.deepEqual(seen.slice(-2), [one.id, two.id]);
    },
  },
  {
    name: "every answer has a request id, the caller's own when it is one",
    async run(world) {
      const { api } = await world.newWorkspace();
      const ask = async (path: string, requestId?: string): Promise<string> => {
        const answer = await api.call(
          "GET",
          path,
          requestId === undefined ? {} : { headers: { "x-request-id": requestId } },
        );
        return answer.headers.get("x-request-id") ?? "";
      };
      for (const path of ["/v1/ses-setup", "/v1/nothing", "/healthz", "/openapi.json"]) {
        assert.equal(await ask(path, "order-7.of_9"), "order-7.of_9");
        assert.equal(await ask(path, "x".repeat(128)), "x".repeat(128));
        for (const bad of ["x".repeat(129), "a b", "ä", "<script>", "a/b"]) {
          const given = await ask(path, bad);
          assert.notEqual(given, bad);
          assert.match(given, /^[A-Za-z0-9._-]{1,128}$/);
        }
        assert.notEqual(await ask(path), await ask(path));
      }
    },
  },
  {
    name: "HEAD says what GET would, its length too",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { id } = await workspace.newSetup();
      const paths = ["/v1/ses-setup", workspace.path("/api-keys"), "/healthz", "/v1/nothing"];
      for (const path of [...paths, `/v1/ses-setup/${id}?x=1`, "/u/none", "/openapi.json"]) {
        const [get, head] = [await workspace.api.call("GET", path), await workspace.api.call("HEAD", path)];
        const told = ({ status, headers }: typeof get): unknown[] => [status, headers.get("content-type")];
        assert.deepEqual([...told(head), head.octets.length], [...told(get), 0], path);
        // Node leaves it out, which RFC 9110 section 8.6 allows.
        const length = head.headers.get("content-length") ?? `${get.octets.length}`;
        assert.equal(length, `${get.octets.length}`, path);
      }
    },
  },
  {
    name: "it is alive and ready, and readiness does not depend on the provider",
    async run(world) {
      const fail = { operation: "*", status: 500, times: 100 };
      await world.sandbox.withFaults({ ses: { fail }, s3: { fail }, dns: { servfail: true } }, async () => {
        for (const path of ["/healthz", "/readyz"])
          assertStatus(await world.anonymous.call("GET", path), 200, path);
      });
    },
  },
];
