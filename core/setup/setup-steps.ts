// What a setup is made of at the mail provider, in the order in which it is made: the tenant, the identity, its MAIL FROM
// domain, its feedback, and the bond between tenant and identity. Taken down in the order SES demands: bond, identity,
// tenant. SES v2 API: CreateTenant, CreateEmailIdentity, PutEmailIdentityMailFromAttributes, ….
import { assert } from "../assert.ts";
import type {
  MailProvider,
  ProviderFault,
  ProviderResource,
  ProviderTags,
  ProviderTenant,
} from "../ports/mail-provider.ts";
import type { SetupNameTaken } from "../ports/setup-store.ts";
import { ok, type Result } from "../result.ts";
import { mailFromDomain } from "./dns-records.ts";
import { after, areOwnTags, type ProviderStep } from "./provider-steps.ts";
import type { DkimKeys, SesSetup } from "./ses-setup.ts";

export type SetupWork = {
  readonly provider: MailProvider;
  readonly tags: ProviderTags;
  readonly tenantName: string;
  readonly domainIdentity: string;
  /** Null until the tenant stands. */
  readonly tenantArn: string | null;
  /** Null until the identity stands. */
  readonly dkim: DkimKeys | null;
};

export const SETUP_STEPS: readonly ProviderStep<SetupWork, SetupNameTaken>[] = [
  {
    name: "tenant",
    async make(work) {
      const made = await work.provider.createTenant(work.tenantName, work.tags);
      return made.ok ? ok({ ...work, tenantArn: made.value.tenantArn }) : made;
    },
    async adopt(work) {
      const standing = await work.provider.getTenant(work.tenantName);
      if (!standing.ok || !areOwnTags(standing.value.tags, work.tags)) return null;
      return { ...work, tenantArn: standing.value.tenantArn };
    },
    undo: (work) => work.provider.deleteTenant(work.tenantName),
    taken: { kind: "tenant_name_taken" },
  },
  {
    name: "identity",
    async make(work) {
      const made = await work.provider.createIdentity(work.domainIdentity, work.tags);
      return made.ok ? ok({ ...work, dkim: made.value }) : made;
    },
    async adopt(work) {
      const standing = await work.provider.getIdentity(work.domainIdentity);
      if (!standing.ok || !areOwnTags(standing.value.tags, work.tags)) return null;
      return { ...work, dkim: standing.value.dkim };
    },
    undo: (work) => work.provider.deleteIdentity(work.domainIdentity),
    taken: { kind: "domain_identity_taken" },
  },
  {
    name: "mail_from",
    make: async (work) =>
      after(work, await work.provider.setMailFrom(work.domainIdentity, mailFromDomain(work.domainIdentity))),
  },
  {
    name: "feedback_forwarding",
    make: async (work) => after(work, await work.provider.disableFeedbackForwarding(work.domainIdentity)),
  },
  {
    name: "association",
    make: async (work) => after(work, await work.provider.associate(...identityBond(work))),
    // Both ends are this attempt's own.
    adopt: async (work) => work,
    undo: (work) => work.provider.dissociate(...identityBond(work)),
  },
];

/** The calls that take a standing setup down. */
export const setupRemoval = (
  provider: MailProvider,
  setup: Pick<SesSetup, "tenantName" | "domainIdentity" | "tenantArn">,
): readonly (() => Promise<Result<void, ProviderFault>>)[] => [
  () => provider.dissociate(...identityBond(setup)),
  () => provider.deleteIdentity(setup.domainIdentity),
  () => provider.deleteTenant(setup.tenantName),
];

/** The tenant of a setup that has one. */
export const tenantOf = ({
  tenantName,
  tenantArn,
}: Pick<SesSetup, "tenantName" | "tenantArn">): ProviderTenant => {
  assert(tenantArn !== null, "a tenant stands, but its ARN is not known");
  return { tenantName, tenantArn };
};

const identityBond = (
  setup: Pick<SesSetup, "tenantName" | "domainIdentity" | "tenantArn">,
): [ProviderTenant, ProviderResource] => [
  tenantOf(setup),
  { kind: "identity", domain: setup.domainIdentity },
];
