// A setup: one domain of one workspace, its tenant and identity at the provider, and what was last seen of its DNS.
import type { Id } from "../ids.ts";
import type { RecordVerdict } from "./dns-verdict.ts";

export const SETUP_SHARINGS = ["workspace", "platform"] as const;
/** Whether setups are seen by their own workspace only, or (001 and 002 disagree) by every workspace of the platform. */
export type SetupSharing = (typeof SETUP_SHARINGS)[number];

/** `provisioning`: tenant and identity are still being made, or undone; `ready`: they stand; `deleting`: being taken down, or half gone. */
export const SETUP_STATUSES = ["provisioning", "ready", "deleting", "deleted"] as const;
export type SetupStatus = (typeof SETUP_STATUSES)[number];

/** What the provider answered when the identity was made: the DKIM names follow from it. */
export type DkimKeys = { readonly tokens: readonly string[]; readonly signingHostedZone: string };

export type SesSetup = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly tenantName: string;
  /** Lower case, A-labels, no trailing dot. */
  readonly domainIdentity: string;
  readonly region: string;
  readonly status: SetupStatus;
  /** How many of SETUP_STEPS are done, as far as is known: all of the first ones that a setup must have to be `ready`. */
  readonly stepsDone: number;
  readonly tenantArn: string | null;
  readonly dkim: DkimKeys | null;
  /** The last known verdicts, in the order of the records; empty before the first check. */
  readonly verdicts: readonly RecordVerdict[];
  readonly dnsVerified: boolean;
  readonly dnsCheckedAt: number | null;
  /** When a verified setup was first seen to have lost a record; null while verified or never verified. */
  readonly dnsLostAt: number | null;
  /** Why the provider lets the tenant send nothing at the moment; null: it may send. */
  readonly sendingPausedCause: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type SetupAction = "read" | "bind" | "own";

/**
 * The one place that decides who sees a setup. `read`: list, get, verify. `bind`: create a use case on it.
 * `own`: delete, inbound mail, suppressions; that stays with the owner under either sharing.
 */
export function mayReachSetup(
  sharing: SetupSharing,
  ownerWorkspaceId: Id,
  workspaceId: Id,
  action: SetupAction,
): boolean {
  if (ownerWorkspaceId === workspaceId) return true;
  return sharing === "platform" && action !== "own";
}

/**
 * Whether mail may be sent on what is known of the DNS: verified, or verified until less than `graceSeconds` ago, so
 * that an edit at the DNS provider does not stop a business's mail at once.
 */
export function mayBeSentFrom(
  setup: Pick<SesSetup, "dnsVerified" | "dnsLostAt">,
  graceSeconds: number,
  now: number,
): boolean {
  if (setup.dnsVerified) return true;
  return setup.dnsLostAt !== null && now - setup.dnsLostAt < graceSeconds * 1000;
}
