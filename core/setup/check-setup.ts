// Checks a setup's DNS live and stores what was seen: for reading one setup, for verify, and before a use case is bound.
// It never fails because an upstream did: what could not be asked keeps its last known answer, and when DNS said nothing
// at all the time of the last check stays as it is.
// Not done here: sharing overlapping checks, reusing the provider's answer, and starting again a search it gave up.
import type { Id } from "../ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { DnsResolver } from "../ports/dns-resolver.ts";
import type { IdentityState, MailProvider, ProviderFault } from "../ports/mail-provider.ts";
import { err, ok, type Result } from "../result.ts";
import { type DnsObservation, type DnsQuestion, followUpLookups, lookupsFor } from "./dns-lookups.ts";
import { deriveDnsRecords, mailFromDomain } from "./dns-records.ts";
import {
  allVerified,
  anyAnswered,
  judgeRecords,
  lostAt,
  type ProviderConsent,
  type RecordVerdict,
  uncheckedVerdicts,
} from "./dns-verdict.ts";
import {
  findSetup,
  type FindSetupPorts,
  isStanding,
  type SetupNotFound,
  type StandingSetup,
} from "./find-setup.ts";

export type CheckSetupPorts = FindSetupPorts & {
  readonly dns: DnsResolver;
  readonly mailProvider: MailProvider;
  readonly clock: Clock;
};

export type CheckSetup = { readonly workspaceId: Id | null; readonly setupId: Id };

export type CheckSetupRefused = SetupNotFound;

/** The setup as it stands after the check. */
export async function checkSetup(
  ports: CheckSetupPorts,
  command: CheckSetup,
): Promise<Result<StandingSetup, CheckSetupRefused>> {
  const found = await findSetup(ports, { ...command, action: "read" });
  return found.ok ? recheck(ports, found.value) : found;
}

/** Checks a setup already found. Refused when it was deleted meanwhile. */
export async function recheck(
  ports: Omit<CheckSetupPorts, "settings">,
  setup: StandingSetup,
): Promise<Result<StandingSetup, SetupNotFound>> {
  const checkedAt = ports.clock.now();
  const [observed, identity] = await Promise.all([
    observe(ports.dns, setup),
    ports.mailProvider.getIdentity(setup.domainIdentity),
  ]);
  // The provider may have made new keys: its records are the ones to publish from now on.
  const dkim = identity.ok && identity.value.dkim.tokens.length > 0 ? identity.value.dkim : setup.dkim;
  const verdicts = judgeRecords({
    domainIdentity: setup.domainIdentity,
    records: deriveDnsRecords({ ...setup, dkim }),
    observed,
    provider: consentOf(identity, setup),
    provisioning: setup.status === "provisioning",
    previous: setup.verdicts,
  });
  if (!anyAnswered(observed)) return ok({ ...setup, verdicts });

  const dnsVerified = allVerified(verdicts);
  const dnsLostAt = lostAt(setup, dnsVerified, checkedAt);
  const stored = await ports.setups.recordCheck(setup.id, {
    verdicts,
    dnsVerified,
    dnsLostAt,
    dkim,
    checkedAt,
  });
  return stored !== null && isStanding(stored) ? ok(stored) : err({ kind: "setup_not_found" });
}

/** Both rounds of questions, each all at once. */
async function observe(dns: DnsResolver, setup: StandingSetup): Promise<readonly DnsObservation[]> {
  const ask = (questions: readonly DnsQuestion[]): Promise<readonly DnsObservation[]> =>
    Promise.all(
      questions.map(async ({ name, type }) => ({ name, type, answers: await dns.lookup(name, type) })),
    );
  const records = deriveDnsRecords(setup);
  const first = await ask(lookupsFor(records));
  return [...first, ...(await ask(followUpLookups(records, setup.domainIdentity, first)))];
}

/** Null: the provider did not say. An identity that is gone there, or a MAIL FROM that is not ours, consents to nothing. */
function consentOf(
  identity: Result<IdentityState, ProviderFault>,
  { domainIdentity }: StandingSetup,
): ProviderConsent | null {
  if (!identity.ok)
    return identity.error.kind === "not_found"
      ? { dkimStatus: "not_started", mailFromStatus: "not_started" }
      : null;
  const { dkimStatus, mailFromStatus, mailFromDomain: pointsAt } = identity.value;
  return {
    dkimStatus,
    mailFromStatus: pointsAt === mailFromDomain(domainIdentity) ? mailFromStatus : "not_started",
  };
}

/** The records as they are shown: with the last verdicts, or as still to be published. */
export const shownVerdicts = (setup: StandingSetup): readonly RecordVerdict[] =>
  setup.verdicts.length > 0 ? setup.verdicts : uncheckedVerdicts(deriveDnsRecords(setup));
