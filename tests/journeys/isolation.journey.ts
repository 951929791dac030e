// Two workspaces: no path, id, token, filter or file of one reads or changes anything of the
// other, and each answers exactly as for an id that nobody has.
import assert from "node:assert/strict";
import { type ApiAnswer, apiClient, jsonOf } from "../support/api-client.ts";
import type { IssuedKey, SetupItem } from "../support/api-shapes.ts";
import { inboundList } from "../support/inbound-mail.ts";
import { assertProblem } from "../support/refusals.ts";
import type { Journey, Workspace } from "../support/world.ts";
import { inhabit, type Inhabited } from "./inhabit.ts";
import { OPERATIONS, type Target } from "./operations.ts";

/** What a caller can tell two answers apart by. */
function visible({ status, headers, text }: ApiAnswer): object {
  const { "x-request-id": requestId = "", date: _, ...rest } = Object.fromEntries(headers);
  return { status, headers: rest, text: text.replaceAll(requestId, "") };
}

/** Everything that is somebody's, read with their own key. */
async function everythingOf({ sender, target }: Inhabited): Promise<object> {
  const { api, path } = sender.workspace;
  const read = async (at: string): Promise<string> => (await api.call("GET", at)).text;
  return {
    trace: await sender.workspace.trace(),
    setups: await read("/v1/ses-setup"),
    useCases: await read("/v1/use-case"),
    twilioSetups: await read("/v1/twilio-setup"),
    phoneNumbers: await read(`/v1/use-case/${target.voiceUseCaseId}/phone-number`),
    emails: await read(path(`/email?setup_id=${target.setupId}`)),
    email: await read(path(`/email/${target.emailId}`)),
    body: await read(path(`/email/${target.emailId}/body`)),
    events: await read(path(`/email/event?setup_id=${target.setupId}`)),
    inbound: await read(path(`/email/inbound?setup_id=${target.setupId}`)),
    reply: await read(path(`/email/inbound/${target.inboundId}`)),
    thread: await read(path(`/email/thread/${target.threadId}`)),
    keys: jsonOf<{ items: { id: string }[] }>(await api.call("GET", path("/api-keys"))).items.map(
      ({ id }) => id,
    ),
  };
}

export const journeys: readonly Journey[] = [
  {
    name: "an id of another workspace answers exactly as an id nobody has, and nothing of theirs changes",
    async run(world) {
      const theirs = await inhabit(await world.newWorkspace());
      const ours = await inhabit(await world.newWorkspace());
      const { api } = ours.sender.workspace;
      const before = await everythingOf(theirs);
      const rows = OPERATIONS.flatMap((operation) => operation.refersTo.map((id) => ({ operation, id })));
      assert.ok(rows.length > 20);
      for (const { operation, id } of rows) {
        const ask = (target: Target): Promise<ApiAnswer> =>
          api.call(operation.method, operation.path(target), operation.request?.(target));
        const what = `${operation.name} with their ${id}`;
        const foreign = await ask({ ...ours.target, [id]: theirs.target[id] });
        const unknown = await ask({ ...ours.target, [id]: crypto.randomUUID() });
        assert.deepEqual(visible(foreign), visible(unknown), what);
        // A read of a list is empty, everything else is not found.
        assert.equal(
          foreign.status,
          /\?/.test(operation.path(ours.target)) && !operation.name.includes("/explain") ? 200 : 404,
          `${what}: ${foreign.text}`,
        );
        assert.ok(!foreign.text.includes(theirs.target[id]), what);
      }
      assert.deepEqual(await everythingOf(theirs), before);
      await theirs.sender.send();
    },
  },
  {
    name: "another workspace's path answers exactly as one nobody has, with every operation",
    async run(world) {
      const theirs = await inhabit(await world.newWorkspace());
      const ours = await inhabit(await world.newWorkspace());
      const before = await everythingOf(theirs);
      for (const operation of OPERATIONS) {
        const ask = (workspaceId: string): Promise<ApiAnswer> => {
          const target = { ...theirs.target, workspaceId };
          return ours.sender.workspace.api.call(
            operation.method,
            operation.path(target),
            operation.request?.(target),
          );
        };
        if (!operation.path(theirs.target).includes(theirs.target.workspaceId)) continue;
        const foreign = await ask(theirs.target.workspaceId);
        const unknown = await ask(crypto.randomUUID());
        assert.deepEqual(visible(foreign), visible(unknown), operation.name);
        assert.equal(foreign.status, 404, operation.name);
      }
      assert.deepEqual(await everythingOf(theirs), before);
    },
  },
  {
    name: "lists, filters and headers never reach across",
    async run(world) {
      const theirs = await inhabit(await world.newWorkspace());
      const ours = await inhabit(await world.newWorkspace());
      const { sender } = ours;
      const { api, id, path } = sender.workspace;
      const { to_address: theirRecipient } = await theirs.sender.email(theirs.target.emailId);

      for (const list of [
        "/v1/ses-setup",
        "/v1/use-case",
        path("/channels/ses-setup"),
        path("/channels/use-case"),
        "/v1/twilio-setup",
        path("/channels/twilio-setup"),
      ]) {
        const { setupId, useCaseId, voiceUseCaseId, twilioSetupId } = ours.target;
        const { items } = await api.get<{ items: SetupItem[] }>(list);
        assert.equal(items.length, list.includes("use-case") ? 2 : 1, list);
        const own = [setupId, useCaseId, voiceUseCaseId, twilioSetupId];
        assert.ok(
          items.every((item) => own.includes(item.id)),
          list,
        );
      }
      // Both scopes are "and": one of theirs empties the list.
      const mixed = { use_case_id: ours.target.useCaseId, setup_id: theirs.target.setupId };
      assert.deepEqual((await sender.emails(mixed)).emails, []);
      assert.deepEqual((await sender.events(mixed)).events, []);
      assert.deepEqual((await sender.emails({ to_address: theirRecipient })).emails, []);
      assert.deepEqual((await sender.events({ email_id: theirs.target.emailId })).events, []);
      assert.deepEqual((await inboundList(sender, mixed)).emails, []);
      assert.deepEqual((await inboundList(sender, { from_address: theirRecipient })).emails, []);
      assert.deepEqual((await inboundList(sender, { thread_id: theirs.target.threadId })).emails, []);

      // The header that the operator names a workspace by does nothing with a key.
      const headers = { "workspace-id": theirs.target.workspaceId };
      const listed = jsonOf<{ items: SetupItem[] }>(await api.call("GET", "/v1/ses-setup", { headers }));
      assert.deepEqual(
        listed.items.map((item) => item.id),
        [ours.target.setupId],
      );
      const key = await api.call("POST", path("/api-keys"), {
        json: { name: "k", permissions: ["Channel.view"] },
        headers,
      });
      const issued = apiClient(world.url, jsonOf<IssuedKey>(key).api_key);
      assert.equal((await issued.call("GET", `/v1/${id}/channels/ses-setup`)).status, 200);
      assert.equal(
        (await issued.call("GET", `/v1/${theirs.target.workspaceId}/channels/ses-setup`)).status,
        404,
      );
    },
  },
  {
    name: "a download link serves its own file alone",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { target } = await inhabit(workspace);
      const other = await inhabit(await world.newWorkspace());
      const linkOf = async (at: Workspace, { emailId, filename }: Target): Promise<string> => {
        const answer = await at.api.call("GET", at.path(`/email/${emailId}/attachment/${filename}`));
        return answer.headers.get("location") ?? "";
      };
      const link = await linkOf(workspace, target);
      const theirs = await linkOf(other.sender.workspace, other.target);
      assert.equal((await world.anonymous.call("GET", link)).status, 200);
      assert.notEqual(new URL(link).pathname, new URL(theirs).pathname);
      // Whether the link is ours or the store's: one character changed, and it opens nothing.
      const altered = link.replace(/.{20}$/, (end) => [...end].toReversed().join(""));
      const refused = await world.anonymous.call("GET", altered);
      if (link.startsWith(world.url)) assertProblem(refused, { status: 404, code: "file_not_found" });
      else assert.equal(refused.status, 403);
      const crossed = new URL(link);
      crossed.pathname = new URL(theirs).pathname;
      if (crossed.search !== "") assert.equal((await world.anonymous.call("GET", crossed.href)).status, 403);
    },
  },
];
