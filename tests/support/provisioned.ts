// What the lists of a workspace promise, and what stands at the provider, told in the same words, so that the two can be
// compared whole: what only one of them has is leaked or lost.
import { identityArn, configurationSetArn } from "../../edge/sandbox/arn.ts";
import type { SetupPage, UseCase } from "./api-shapes.ts";
import type { Workspace, World } from "./world.ts";

/** Beyond every lease and the back-offs of the first failures. */
const LOOK_AHEAD_MS = 10 * 60_000;
const TICKS_MAX = 12;

/** The tags of an object: whose it is. */
type Owned = { readonly owner: string; readonly attempt: string; readonly namesInstallation: boolean };

export type Provisioned = {
  readonly tenants: readonly (Owned & { readonly name: string; readonly bonds: readonly string[] })[];
  readonly identities: readonly (Owned & {
    readonly name: string;
    readonly mailFrom: string | null;
    readonly forwardsFeedback: boolean;
  })[];
  readonly configurationSets: readonly (Owned & { readonly name: string; readonly destinations: number })[];
};

type Ticked = { readonly tasks: readonly { readonly kind: string }[] };

/** Ticks, each as if it were later, until there is nothing left to make or to take down. */
export async function settle({ operator }: World): Promise<void> {
  let ticked: Ticked = { tasks: [] };
  for (let count = 1; count <= TICKS_MAX; count += 1) {
    const now = new Date(Date.now() + count * LOOK_AHEAD_MS).toISOString();
    ticked = await operator.expect<Ticked>(200, "POST", "/v1/operator/tick", { json: { now } });
    if (!ticked.tasks.some(({ kind }) => /^(provision|delete|assign|release)_/.test(kind))) return;
  }
  throw new Error(`After ${TICKS_MAX} ticks there is work still: ${JSON.stringify(ticked.tasks)}`);
}

/** What the provider has to hold by what a workspace lists; on a program that nobody else uses. */
export async function promised({ api }: Workspace): Promise<Provisioned> {
  const { items: setups } = await api.get<SetupPage>("/v1/ses-setup");
  const { items: useCases } = await api.get<{ items: readonly UseCase[] }>("/v1/use-case");
  return {
    tenants: byName(
      setups.map(({ id, tenant_name: name, domain_identity: domain }) => ({
        ...ownedBy(id),
        name,
        bonds: [
          identityArn(domain),
          ...useCases
            .filter(({ ses_setup_id: setupId }) => setupId === id)
            .map(({ configuration_set_name: set }) => configurationSetArn(set)),
        ].toSorted(),
      })),
    ),
    identities: byName(
      setups.map(({ id, domain_identity: name }) => ({
        ...ownedBy(id),
        name,
        mailFrom: `bounce.${name}`,
        forwardsFeedback: false,
      })),
    ),
    configurationSets: byName(
      useCases.map(({ id, configuration_set_name: name }) => ({ ...ownedBy(id), name, destinations: 1 })),
    ),
  };
}

/** What the provider holds. */
export async function standing({ world }: Workspace): Promise<Provisioned> {
  const state = await world.sandbox.state();
  return {
    tenants: byName(
      state.tenants.map(({ name, tags, resources }) => ({
        ...owned(tags),
        name,
        bonds: resources.toSorted(),
      })),
    ),
    identities: byName(
      state.identities.map(({ name, tags, mail_from_domain: mailFrom, feedback_forwarding }) => ({
        ...owned(tags),
        name,
        mailFrom,
        forwardsFeedback: feedback_forwarding,
      })),
    ),
    configurationSets: byName(
      state.configuration_sets.map(({ name, tags, event_destinations: destinations }) => ({
        ...owned(tags),
        name,
        destinations: destinations.length,
      })),
    ),
  };
}

const ownedBy = (id: string): Owned => ({ owner: id, attempt: id, namesInstallation: true });
const owned = (tags: Readonly<Record<string, string>>): Owned => ({
  owner: tags["postrider:owner"] ?? "",
  attempt: tags["postrider:attempt"] ?? "",
  namesInstallation: (tags["postrider:installation"] ?? "") !== "",
});

const byName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
  items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
