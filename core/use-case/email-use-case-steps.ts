// What an e-mail use case is made of at the mail provider, in the order in which it is made: its configuration set, the
// set's event destination, and the bond to the setup's tenant. Taken down in the order SES demands: bond, set. SES v2 API:
// CreateConfigurationSet, CreateConfigurationSetEventDestination, CreateTenantResourceAssociation.
import type {
  MailProvider,
  ProviderFault,
  ProviderResource,
  ProviderTags,
  ProviderTenant,
} from "../ports/mail-provider.ts";
import type { Result } from "../result.ts";
import { after, type ProviderStep } from "../setup/provider-steps.ts";

export type EmailUseCaseWork = {
  readonly provider: MailProvider;
  readonly tags: ProviderTags;
  readonly tenant: ProviderTenant;
  readonly configurationSetName: string;
  readonly pool: string | null;
};

type Taken = { readonly kind: "configuration_set_name_taken" };

export const EMAIL_USE_CASE_STEPS: readonly ProviderStep<EmailUseCaseWork, Taken>[] = [
  {
    // Its name holds a digest of our own ids: when nobody knows whether it was made, nobody else's can be there.
    name: "configuration_set",
    make: async (work) =>
      after(
        work,
        await work.provider.createConfigurationSet(work.configurationSetName, work.pool, work.tags),
      ),
    undo: (work) => work.provider.deleteConfigurationSet(work.configurationSetName),
    taken: { kind: "configuration_set_name_taken" },
  },
  {
    name: "event_destination",
    make: async (work) => after(work, await work.provider.createEventDestination(work.configurationSetName)),
    adopt: async (work) => work,
  },
  {
    name: "association",
    make: async (work) => after(work, await work.provider.associate(work.tenant, setOf(work))),
    adopt: async (work) => work,
    undo: (work) => work.provider.dissociate(work.tenant, setOf(work)),
  },
];

/** The calls that take a standing e-mail use case down. */
export const emailUseCaseRemoval = ({
  provider,
  tenant,
  configurationSetName,
}: Omit<EmailUseCaseWork, "tags" | "pool">): readonly (() => Promise<Result<void, ProviderFault>>)[] => [
  () => provider.dissociate(tenant, setOf({ configurationSetName })),
  () => provider.deleteConfigurationSet(configurationSetName),
];

const setOf = (work: Pick<EmailUseCaseWork, "configurationSetName">): ProviderResource => ({
  kind: "configuration_set",
  name: work.configurationSetName,
});
