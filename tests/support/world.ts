// The world of a journey: a started program, its sandbox, and verbs in the user's words. Each journey makes its own
// workspace and names, so that all of them share one program; they run one after the other, because faults are global.
import { apiClient, type Api } from "./api-client.ts";
import type { EmailPage, IssuedKey, SetupDetail, SetupItem, UseCase, WorkspaceBody } from "./api-shapes.ts";
import { queryOf } from "./api-client.ts";
import { sandboxClient, type SandboxClient } from "./sandbox-client.ts";
import { until } from "./until.ts";
import { makeMailSender, type MailSender } from "./mail-sender.ts";

export type Journey = { readonly name: string; run(world: World): Promise<void> };

export type WorldOptions = {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly operatorKey: string;
  /** Which runtime the program runs on, for the few things that differ. */
  readonly runtime: string;
  /** How many contents are stored, bodies and files; where they lie depends on how the program was started. */
  readonly countBlobs: () => Promise<number>;
};

export type World = {
  readonly url: string;
  readonly runtime: string;
  readonly operator: Api;
  /** Without a key. */
  readonly anonymous: Api;
  readonly sandbox: SandboxClient;
  /** A text no other journey uses: for tenants, domains, local parts. */
  unique(prefix: string): string;
  newWorkspace(): Promise<Workspace>;
};

export const PERMISSIONS = [
  "Channel.create",
  "Channel.view",
  "Channel.delete",
  "Channel.send",
  "ApiKey.manage",
] as const;
type Permission = (typeof PERMISSIONS)[number];

export type UseCaseForm = {
  readonly entity_name?: string;
  readonly name?: string;
  readonly sender_email_address?: string;
  readonly email_type?: string;
  readonly unsubscribe_scope?: string;
  readonly sender_display_name?: string;
};

export type Workspace = {
  readonly id: string;
  readonly world: World;
  /** Calls with a key of every permission. */
  readonly api: Api;
  readonly keyId: string;
  /** `/v1/{workspace_id}` and what follows. */
  path(ending: string): string;
  issueKey(permissions: readonly Permission[], expiresAt?: string): Promise<IssuedKey>;
  /** Calls with a key of exactly these permissions. */
  apiWith(...permissions: readonly Permission[]): Promise<Api>;
  /** Made, nothing published yet. */
  newSetup(): Promise<SetupDetail>;
  publish(setup: SetupDetail): Promise<void>;
  verifiedSetup(): Promise<SetupDetail>;
  useCase(setup: SetupDetail, form?: UseCaseForm): Promise<UseCase>;
  /** A verified setup and a use case on it, ready to send. */
  sender(form?: UseCaseForm): Promise<MailSender>;
  /** Everything that a request could leave behind here, at the provider and in the blob store. */
  trace(): Promise<object>;
};

export function makeWorld(options: WorldOptions): World {
  const { url, runtime, operatorKey } = options;
  const run = crypto.randomUUID().slice(0, 8);
  let count = 0;
  const world: World = {
    url,
    runtime,
    operator: apiClient(url, operatorKey),
    anonymous: apiClient(url, null),
    sandbox: sandboxClient(options.sandboxUrl),
    unique: (prefix) => `${prefix}-${run}-${(count += 1)}`,
    newWorkspace: () => newWorkspace(world, options),
  };
  return world;
}

/** Names of use cases are letters only. */
export const letters = (text: string): string =>
  text.replace(/[0-9]/g, (digit) => "abcdefghij"[Number(digit)] ?? "").slice(0, 31);

async function newWorkspace(world: World, { countBlobs }: WorldOptions): Promise<Workspace> {
  const { operator, sandbox } = world;
  const made = await operator.expect<WorkspaceBody>(201, "POST", "/v1/workspaces", {
    json: { name: world.unique("Clinic") },
  });
  const path = (ending: string): string => `/v1/${made.id}${ending}`;
  const issue = (by: Api, permissions: readonly string[], expiresAt?: string): Promise<IssuedKey> =>
    by.expect<IssuedKey>(201, "POST", path("/api-keys"), {
      json: { name: "journey", permissions, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) },
    });
  const key = await issue(operator, PERMISSIONS);
  const api = apiClient(world.url, key.api_key);

  const workspace: Workspace = {
    id: made.id,
    world,
    api,
    keyId: key.id,
    path,
    issueKey: (permissions, expiresAt) => issue(api, permissions, expiresAt),
    apiWith: async (...permissions) => apiClient(world.url, (await issue(api, permissions)).api_key),
    async newSetup() {
      const name = world.unique("clinic");
      const setup = await api.expect<SetupDetail>(201, "POST", path("/channels/ses-setup"), {
        json: { tenant_name: name, domain_identity: `mail.${name}.example` },
      });
      await complete(world, setup);
      return setup;
    },
    publish: async (setup) => void (await sandbox.publishDns(setup.dns_records)),
    async verifiedSetup() {
      const setup = await workspace.newSetup();
      await workspace.publish(setup);
      return api.expect<SetupDetail>(200, "POST", path(`/channels/ses-setup/${setup.id}/verify`));
    },
    useCase: (setup, form = {}) =>
      api.expect<UseCase>(201, "POST", path("/channels/use-case"), { json: useCaseOn(world, setup, form) }),
    async sender(form) {
      const setup = await workspace.verifiedSetup();
      return makeMailSender(workspace, setup, await workspace.useCase(setup, form));
    },
    trace: () => traceOf(workspace, countBlobs),
  };
  return workspace;
}

/** Waits for what follows the answer that a setup is made: its last step is that SES mails no bounces any more. */
export async function complete({ sandbox }: World, { domain_identity: domain }: SetupDetail): Promise<void> {
  await until("the setup is complete", sandbox.state, ({ identities }) =>
    identities.some(({ name, feedback_forwarding: forwards }) => name === domain && !forwards),
  );
}

/** The body that creates a use case on a setup, with names of its own unless told otherwise. */
export const useCaseOn = (world: World, setup: SetupDetail, form: UseCaseForm = {}): object => ({
  channel: "email",
  entity_name: "Clinic North",
  name: letters(world.unique("reminders")),
  ses_setup_id: setup.id,
  sender_email_address: `${world.unique("hello")}@${setup.domain_identity}`,
  email_type: "transactional",
  ...form,
});

async function traceOf({ api, path, world }: Workspace, countBlobs: () => Promise<number>): Promise<object> {
  const idsOf = async (listPath: string): Promise<readonly string[]> =>
    (await api.get<{ items: readonly { id: string }[] }>(listPath)).items.map(({ id }) => id);
  const setups = await idsOf("/v1/ses-setup");
  const lists = setups.map(async (setupId) => {
    const scope = { setup_id: setupId, limit: 200, send_outcome: ["pending", "sent", "unknown", "refused"] };
    return (await api.get<EmailPage>(path(`/email${queryOf(scope)}`))).emails.map(({ id }) => id);
  });
  const state = await world.sandbox.state();
  return {
    keys: await idsOf(path("/api-keys")),
    setups,
    useCases: await idsOf("/v1/use-case"),
    twilioSetups: await idsOf("/v1/twilio-setup"),
    phoneNumbers: await Promise.all(
      (await idsOf("/v1/use-case?channel=inbound_voice")).map((id) =>
        idsOf(`/v1/use-case/${id}/phone-number`),
      ),
    ),
    emails: (await Promise.all(lists)).flat(),
    blobs: await countBlobs(),
    objects: state.object_count,
    mails: state.mailbox_count,
    tenants: state.tenants.map(({ name, resources }) => ({ name, resources })),
    identities: state.identities.map(({ name }) => name),
    configurationSets: state.configuration_sets.map(({ name }) => name),
    twilioNumbers: state.twilio.phone_numbers,
  };
}

/** A setup as its list shows it. */
export async function listedSetup(workspace: Workspace, id: string): Promise<SetupItem | undefined> {
  const { items } = await workspace.api.get<{ items: readonly SetupItem[] }>("/v1/ses-setup");
  return items.find((item) => item.id === id);
}
