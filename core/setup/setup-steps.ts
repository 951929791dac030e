// What a setup is made of at the mail provider, in the order in which it is made: the tenant and the identity, within the
// request; then the identity's MAIL FROM domain, the bond between them, and the identity's feedback, as a task. Taken down in the order
// SES demands: bond, identity, tenant. SES v2 API: CreateTenant, CreateEmailIdentity, ….
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

/** The work on a setup as far as it has come. A setup is one attempt: another one has another id. */
export const workOn = (provider: MailProvider, installation: string, setup: SesSetup): SetupWork => ({
  provider,
  tags: { installation, owner: setup.id, attempt: setup.id },
  tenantName: setup.tenantName,
  domainIdentity: setup.domainIdentity,
  tenantArn: setup.tenantArn,
  dkim: setup.dkim,
});

/** What a setup cannot do without: once they are done it is `ready` and its records are known. */
export const STANDING_STEPS: readonly ProviderStep<SetupWork, SetupNameTaken>[] = [
  {
    name: "tenant",
    async make(work) {
      const made = await work.provider.createTenant(work.tenantName, work.tags);
      return made.ok ? ok({ ...work, tenantArn: made.value.tenantArn }) : made;
    },
    async adopt(work) {
      const standing = await work.provider.getTenant(work.tenantName);
      if (!standing.ok) return standing;
      const { tags, tenantArn } = standing.value;
      return ok(areOwnTags(tags, work.tags) ? { ...work, tenantArn } : null);
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
      if (!standing.ok) return standing;
      const { tags, dkim } = standing.value;
      return ok(areOwnTags(tags, work.tags) ? { ...work, dkim } : null);
    },
    undo: (work) => work.provider.deleteIdentity(work.domainIdentity),
    taken: { kind: "domain_identity_taken" },
  },
];

/** All of them. Those after the standing ones can be taken again and again. */
export const SETUP_STEPS: readonly ProviderStep<SetupWork, SetupNameTaken>[] = [
  ...STANDING_STEPS,
  {
    name: "mail_from",
    make: async (work) =>
      after(work, await work.provider.setMailFrom(work.domainIdentity, mailFromDomain(work.domainIdentity))),
  },
  {
    name: "association",
    make: async (work) => after(work, await work.provider.associate(...identityBond(work))),
  },
  {
    name: "feedback_forwarding",
    make: async (work) => after(work, await work.provider.disableFeedbackForwarding(work.domainIdentity)),
  },
];

const STEPS_UNTIL_SEARCHED = SETUP_STEPS.findIndex(({ name }) => name === "mail_from") + 1;

/** Whether the provider looks for all the records it has a say in. */
export const isSearchedFor = ({ stepsDone }: Pick<SesSetup, "stepsDone">): boolean =>
  stepsDone >= STEPS_UNTIL_SEARCHED;

/** How many calls `setupRemoval` makes. */
export const SETUP_REMOVALS = 3;

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
