// Who is refused, and in which order: 401, then 404 for a workspace that is not the key's, then 403,
// then the request itself, then the resource.
import { type Api, type ApiAnswer, apiClient } from "../support/api-client.ts";
import { assertRefused, type RefusalRow } from "../support/refusals.ts";
import { until } from "../support/until.ts";
import { type Journey, PERMISSIONS } from "../support/world.ts";
import { inhabit } from "./inhabit.ts";
import { OPERATIONS, type OperationCase, type Target, WORKSPACE_OPERATIONS } from "./operations.ts";

const UNAUTHORIZED = { status: 401, code: "unauthorized", headers: { "www-authenticate": /^Bearer\b/ } };
const NO_WORKSPACE = { status: 404, code: "workspace_not_found" };

const ask = (api: Api, operation: OperationCase, target: Target) => (): Promise<ApiAnswer> =>
  api.call(operation.method, operation.path(target), operation.request?.(target));

export const journeys: readonly Journey[] = [
  {
    name: "no operation answers without a valid key",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { target } = await inhabit(workspace);
      const rows: RefusalRow[] = OPERATIONS.map((operation) => ({
        name: `${operation.name} without a key`,
        ask: ask(world.anonymous, operation, target),
        ...UNAUTHORIZED,
      }));
      const revoked = await workspace.issueKey(["Channel.view"]);
      await workspace.api.call("DELETE", workspace.path(`/api-keys/${revoked.id}`));
      const expiring = await workspace.issueKey(["Channel.view"], new Date(Date.now() + 1_500).toISOString());
      const expired = apiClient(world.url, expiring.api_key);
      await until(
        "the key expires",
        () => expired.call("GET", "/v1/ses-setup"),
        ({ status }) => status !== 200,
      );
      const { key } = workspace.api;
      const headers: readonly (readonly [name: string, authorization: string])[] = [
        ["a key nobody issued", "Bearer pr_test_0123456789abcdefghjkmnpqrstvwxyz012345"],
        ["a key with one character changed", `Bearer ${key?.slice(0, -1)}${key?.endsWith("0") ? "1" : "0"}`],
        ["a key in capitals", `Bearer ${key?.toUpperCase()}`],
        ["a revoked key", `Bearer ${revoked.api_key}`],
        ["an expired key", `Bearer ${expiring.api_key}`],
        ["another scheme", `Basic ${btoa(`${key}:`)}`],
        ["a key without a scheme", `${key}`],
        ["an empty key", "Bearer "],
        ["a key of 5,000 characters", `Bearer ${"k".repeat(5_000)}`],
        ["an SQL fragment", "Bearer '; DROP TABLE api_key; --"],
      ];
      for (const [name, authorization] of headers)
        rows.push({
          name,
          ask: () => world.anonymous.call("GET", "/v1/ses-setup", { headers: { authorization } }),
          ...UNAUTHORIZED,
        });
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "a workspace that is not the key's is not there, whatever the key may do",
    async run(world) {
      const workspace = await world.newWorkspace();
      const stranger = await world.newWorkspace();
      const weak = await stranger.apiWith("ApiKey.manage");
      const { target } = await inhabit(workspace);
      const nowhere: Target = { ...target, workspaceId: crypto.randomUUID() };
      const misspelt: Target = { ...target, workspaceId: "my-workspace" };
      const rows = WORKSPACE_OPERATIONS.flatMap((operation): RefusalRow[] => [
        {
          name: `${operation.name}: a stranger's`,
          ask: ask(stranger.api, operation, target),
          ...NO_WORKSPACE,
        },
        // 404 before 403.
        { name: `${operation.name}: with a weak key`, ask: ask(weak, operation, target), ...NO_WORKSPACE },
        { name: `${operation.name}: nobody's`, ask: ask(workspace.api, operation, nowhere), ...NO_WORKSPACE },
        { name: `${operation.name}: no UUID`, ask: ask(workspace.api, operation, misspelt), ...NO_WORKSPACE },
        {
          name: `${operation.name}: the operator`,
          ask: ask(world.operator, operation, nowhere),
          ...NO_WORKSPACE,
        },
      ]);
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "a missing permission is named, before anything of the request is looked at",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { target } = await inhabit(workspace);
      const rows: RefusalRow[] = [];
      for (const permission of PERMISSIONS) {
        const others = await workspace.apiWith(...PERMISSIONS.filter((one) => one !== permission));
        const denied = { status: 403, code: "permission_missing", members: { permission } };
        for (const operation of OPERATIONS.filter((one) => one.permission === permission)) {
          rows.push({
            name: `${operation.name} without ${permission}`,
            ask: ask(others, operation, target),
            ...denied,
          });
          // 403 before 404 of the resource and before 400, 415 and 422 of the request.
          const unknown = {
            ...target,
            setupId: crypto.randomUUID(),
            useCaseId: "none",
            emailId: "x",
            inboundId: "v",
            threadId: "u",
            twilioSetupId: "z",
            voiceUseCaseId: crypto.randomUUID(),
            phoneNumberId: "w",
            keyId: "y",
          };
          rows.push({
            name: `${operation.name} without ${permission}, and everything else wrong as well`,
            ask: () =>
              others.call(
                operation.method,
                operation.path(unknown),
                operation.request ? { body: "{", headers: { "content-type": "text/csv" } } : {},
              ),
            ...denied,
          });
        }
      }
      const operatorOnly = { status: 403, code: "operator_only" };
      for (const operation of OPERATIONS.filter(({ permission }) => permission === null))
        rows.push({
          name: `${operation.name} with a workspace's key`,
          ask: ask(workspace.api, operation, target),
          ...operatorOnly,
        });
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "an operation refuses in one order: request before resource",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api, path } = workspace;
      const setup = path("/channels/ses-setup");
      const json = { "content-type": "application/json" };
      await assertRefused(workspace, [
        {
          name: "a wrong content type before broken JSON",
          ask: () => api.call("POST", setup, { body: "{", headers: { "content-type": "text/plain" } }),
          status: 415,
          code: "unsupported_media_type",
        },
        {
          name: "broken JSON before a bad Idempotency-Key",
          ask: () => api.call("POST", setup, { body: "{", headers: { ...json, "idempotency-key": '""' } }),
          status: 400,
          code: "malformed_json",
        },
        {
          name: "a field fault before an unknown setup",
          ask: () =>
            api.call("POST", path("/channels/use-case"), {
              json: {
                channel: "email",
                entity_name: "Clinic 7",
                name: "Reminders",
                ses_setup_id: crypto.randomUUID(),
                sender_email_address: "a@example.org",
                email_type: "transactional",
              },
            }),
          status: 422,
          code: "validation_failed",
          pointer: "/entity_name",
        },
        {
          name: "an unknown setup before the sender's domain",
          ask: () =>
            api.call("POST", path("/channels/use-case"), {
              json: {
                channel: "email",
                entity_name: "Clinic",
                name: "Reminders",
                ses_setup_id: crypto.randomUUID(),
                sender_email_address: "a@example.org",
                email_type: "transactional",
              },
            }),
          status: 404,
          code: "setup_not_found",
        },
      ]);
    },
  },
  {
    name: "keys are refused that would hold more than the one that issues them",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api, path } = workspace;
      const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
      const short = apiClient(
        world.url,
        (await workspace.issueKey(["ApiKey.manage", "Channel.view"], inAnHour)).api_key,
      );
      const manager = await workspace.apiWith("ApiKey.manage", "Channel.view");
      const issue = (by: Api, json: object) => (): Promise<ApiAnswer> =>
        by.call("POST", path("/api-keys"), { json: { name: "k", permissions: ["Channel.view"], ...json } });
      const invalid = { status: 422, code: "validation_failed" };
      await assertRefused(workspace, [
        {
          name: "permissions the key does not hold",
          ask: issue(manager, { permissions: ["Channel.view", "Channel.send", "Channel.delete"] }),
          status: 403,
          code: "permission_not_held",
          members: { permissions: ["Channel.send", "Channel.delete"] },
        },
        {
          name: "a later expiry than its own",
          ask: issue(short, { expires_at: new Date(Date.now() + 7_200_000).toISOString() }),
          status: 422,
          code: "expiry_too_late",
        },
        { name: "no expiry, having one", ask: issue(short, {}), status: 422, code: "expiry_too_late" },
        {
          name: "an expiry in the past",
          ask: issue(api, { expires_at: "2020-01-01T00:00:00Z" }),
          status: 422,
          code: "expiry_in_past",
        },
        {
          name: "an expiry that is no time",
          ask: issue(api, { expires_at: "soon" }),
          ...invalid,
          pointer: "/expires_at",
        },
        { name: "an empty name", ask: issue(api, { name: "" }), ...invalid, pointer: "/name" },
        { name: "no permission", ask: issue(api, { permissions: [] }), ...invalid, pointer: "/permissions" },
        {
          name: "an unknown permission",
          ask: issue(api, { permissions: ["Channel.view", "Channel.everything"] }),
          ...invalid,
          pointer: "/permissions/1",
        },
        {
          name: "a permission twice",
          ask: issue(api, { permissions: ["Channel.view", "Channel.view"] }),
          ...invalid,
          pointer: "/permissions",
        },
        { name: "an unknown member", ask: issue(api, { scope: "all" }), ...invalid, pointer: "/scope" },
        {
          name: "revoking an unknown key",
          ask: () => api.call("DELETE", path(`/api-keys/${crypto.randomUUID()}`)),
          status: 404,
          code: "api_key_not_found",
        },
        {
          name: "revoking what is no id",
          ask: () => api.call("DELETE", path("/api-keys/1")),
          status: 404,
          code: "api_key_not_found",
        },
      ]);
    },
  },
  {
    name: "the operator names a workspace on the short paths, and one that exists",
    async run(world) {
      const workspace = await world.newWorkspace();
      const create = (headers: Record<string, string>) => (): Promise<ApiAnswer> =>
        world.operator.call("POST", "/v1/ses-setup", {
          json: { tenant_name: world.unique("t"), domain_identity: `${world.unique("d")}.example` },
          headers,
        });
      const useCase = (): Promise<ApiAnswer> => world.operator.call("POST", "/v1/use-case", { json: {} });
      const required = { status: 422, code: "workspace_required" };
      await assertRefused(workspace, [
        { name: "a setup in no workspace", ask: create({}), ...required },
        { name: "a use case in no workspace", ask: useCase, ...required },
        { name: "in an unknown one", ask: create({ "workspace-id": crypto.randomUUID() }), ...NO_WORKSPACE },
        { name: "in what is no id", ask: create({ "workspace-id": "north" }), ...NO_WORKSPACE },
        {
          name: "a workspace without a name",
          ask: () => world.operator.call("POST", "/v1/workspaces", { json: { name: "" } }),
          status: 422,
          code: "validation_failed",
          pointer: "/name",
        },
      ]);
    },
  },
];
