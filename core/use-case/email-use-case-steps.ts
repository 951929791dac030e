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
import { ok, type Result } from "../result.ts";
import { after, areOwnTags, type ProviderStep } from "../setup/provider-steps.ts";
import type { SesSetup } from "../setup/ses-setup.ts";
import { tenantOf } from "../setup/setup-steps.ts";
import { type PoolMode, sendingPool } from "./sending-pool.ts";
import type { EmailUseCase } from "./use-case.ts";

export type EmailUseCaseWork = {
  readonly provider: MailProvider;
  readonly tags: ProviderTags;
  readonly tenant: ProviderTenant;
  readonly configurationSetName: string;
  readonly pool: string | null;
};

type Taken = { readonly kind: "configuration_set_name_taken" };

/** The work on a use case. A use case is one attempt: another one has another id. */
export const workOnUseCase = (
  provider: MailProvider,
  { installation, pools }: { readonly installation: string; readonly pools: PoolMode },
  { id, configurationSetName, emailType, tier }: EmailUseCase,
  setup: SesSetup,
): EmailUseCaseWork => ({
  provider,
  tags: { installation, owner: id, attempt: id },
  tenant: tenantOf(setup),
  configurationSetName,
  pool: sendingPool(pools, emailType, tier),
});

export const EMAIL_USE_CASE_STEPS: readonly ProviderStep<EmailUseCaseWork, Taken>[] = [
  {
    name: "configuration_set",
    make: async (work) =>
      after(
        work,
        await work.provider.createConfigurationSet(work.configurationSetName, work.pool, work.tags),
      ),
    async adopt(work) {
      const standing = await work.provider.getConfigurationSet(work.configurationSetName);
      if (!standing.ok) return standing;
      return ok(areOwnTags(standing.value.tags, work.tags) ? work : null);
    },
    undo: (work) => work.provider.deleteConfigurationSet(work.configurationSetName),
    taken: { kind: "configuration_set_name_taken" },
  },
  {
    name: "event_destination",
    make: async (work) => after(work, await work.provider.createEventDestination(work.configurationSetName)),
  },
  {
    name: "association",
    make: async (work) => after(work, await work.provider.associate(work.tenant, setOf(work))),
    undo: (work) => work.provider.dissociate(work.tenant, setOf(work)),
  },
];

/** How many calls `emailUseCaseRemoval` makes. */
export const USE_CASE_REMOVALS = 2;

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
