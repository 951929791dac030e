import type { AccountQuota } from "../reputation/account-share.ts";
import type { DkimKeys } from "../setup/ses-setup.ts";
import type { Result } from "../result.ts";

/**
 * Why a provider call did not succeed. `refused`: a modelled 4xx other than the ones named, final. `throttled`: not
 * done, may be tried again. `out_of_turn`: not made, its turn would have come too late (see ProviderTurns).
 * `unavailable` and `timed_out`: may or may not have been done.
 * `reason` is the provider's own message, bounded; it is for operators' logs and for `detail`, never parsed.
 */
export type ProviderFault = {
  readonly kind:
    "already_exists" | "not_found" | "refused" | "throttled" | "out_of_turn" | "unavailable" | "timed_out";
  readonly reason: string;
};

/** Tags put on every object we make: they tell ours from others', and this attempt from earlier ones. */
export type ProviderTags = {
  readonly installation: string;
  readonly owner: string;
  readonly attempt: string;
};

export const IDENTITY_STATUSES = [
  "pending",
  "success",
  "failed",
  "temporary_failure",
  "not_started",
] as const;
export type IdentityStatus = (typeof IDENTITY_STATUSES)[number];

export type IdentityState = {
  readonly dkim: DkimKeys;
  readonly dkimStatus: IdentityStatus;
  readonly verifiedForSending: boolean;
  readonly mailFromStatus: IdentityStatus;
  readonly mailFromDomain: string | null;
  readonly tags: ProviderTags | null;
};

/** Something a tenant may be associated with. */
export type ProviderResource =
  | { readonly kind: "identity"; readonly domain: string }
  | { readonly kind: "configuration_set"; readonly name: string };

/**
 * Tenants, identities and configuration sets at the mail provider. Each method is one provider call, never repeated
 * inside, at most 8 s. Deleting or dissociating what is not there answers `not_found` or success: both mean it is gone.
 * `tenantArn` is the ARN createTenant answered; account and partition are read from it.
 */
export type MailProvider = {
  createTenant(tenantName: string, tags: ProviderTags): Promise<Result<{ tenantArn: string }, ProviderFault>>;
  getTenant(
    tenantName: string,
  ): Promise<Result<{ tenantArn: string; tags: ProviderTags | null }, ProviderFault>>;
  deleteTenant(tenantName: string): Promise<Result<void, ProviderFault>>;
  /** One page of the tenants that may send nothing at the moment; `after` is an earlier page's `next`, null at first. */
  listPausedTenants(after: string | null): Promise<Result<PausedTenants, ProviderFault>>;
  createIdentity(domain: string, tags: ProviderTags): Promise<Result<DkimKeys, ProviderFault>>;
  getIdentity(domain: string): Promise<Result<IdentityState, ProviderFault>>;
  /** Points MAIL FROM at the domain, falling back to the provider's own when its MX is missing. Also re-arms a failed one. */
  setMailFrom(domain: string, mailFrom: string): Promise<Result<void, ProviderFault>>;
  /** Starts the search for DKIM records again after the provider gave up; answers the keys now in force. */
  restartDkim(domain: string): Promise<Result<DkimKeys, ProviderFault>>;
  disableFeedbackForwarding(domain: string): Promise<Result<void, ProviderFault>>;
  deleteIdentity(domain: string): Promise<Result<void, ProviderFault>>;
  associate(tenant: ProviderTenant, resource: ProviderResource): Promise<Result<void, ProviderFault>>;
  dissociate(tenant: ProviderTenant, resource: ProviderResource): Promise<Result<void, ProviderFault>>;
  /** Pool (or null), TLS policy and maximum delivery time are always sent together: SES replaces them as a whole. */
  createConfigurationSet(
    name: string,
    pool: string | null,
    tags: ProviderTags,
  ): Promise<Result<void, ProviderFault>>;
  getConfigurationSet(name: string): Promise<Result<{ tags: ProviderTags | null }, ProviderFault>>;
  /** The pool, or none: the shared infrastructure. TLS policy and maximum delivery time stay what they are when it is made. */
  setSendingPool(configurationSetName: string, pool: string | null): Promise<Result<void, ProviderFault>>;
  /** All event types but SUBSCRIPTION, to the configured topic. */
  createEventDestination(configurationSetName: string): Promise<Result<void, ProviderFault>>;
  deleteConfigurationSet(name: string): Promise<Result<void, ProviderFault>>;
  /** See ProviderSuppressionList. */
  suppress(tenantName: string, address: string): Promise<Result<void, ProviderFault>>;
  unsuppress(tenantName: string, address: string): Promise<Result<void, ProviderFault>>;
  /** What the account may send, in 24 hours and in a second. */
  getSendQuota(): Promise<Result<AccountQuota, ProviderFault>>;
};

export type PausedTenants = {
  readonly tenants: readonly {
    readonly tenantArn: string;
    /** Why, in the provider's words; bounded. */
    readonly cause: string;
  }[];
  readonly next: string | null;
};

export type ProviderTenant = { readonly tenantName: string; readonly tenantArn: string };
