// What the lists of a workspace promise, and what stands at the provider, told in the same words, so that the two can be
// compared whole: what only one of them has is leaked or lost.
import { identityArn, configurationSetArn } from "../../edge/sandbox/arn.ts";
import type { SetupPage, UseCase } from "./api-shapes.ts";
import type { Workspace } from "./world.ts";

/** The tags of an object without the installation's: whose it is. */
type Owned = { readonly owner: string; readonly attempt: string };

export type Provisioned = {
  readonly tenants: readonly (Owned & { readonly name: string; readonly bonds: readonly string[] })[];
  readonly identities: readonly (Owned & {
    readonly name: string;
    readonly mailFrom: string | null;
    readonly forwardsFeedback: boolean;
  })[];
  readonly configurationSets: readonly (Owned & { readonly name: string; readonly destinations: number })[];
};

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

const ownedBy = (id: string): Owned => ({ owner: id, attempt: id });
const owned = (tags: Readonly<Record<string, string>>): Owned => ({
  owner: tags["postrider:owner"] ?? "",
  attempt: tags["postrider:attempt"] ?? "",
});

const byName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
  items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
