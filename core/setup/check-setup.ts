// Checks a setup's DNS live and stores what was seen: for reading one setup, for verify, before a use case is bound, and
// for the sweeps. It never fails because an upstream did: what could not be asked keeps its last known answer, and when
// DNS said nothing at all the time of the last check stays as it is. Checks of one setup that overlap are one.
import type { Id } from "../ids.ts";
import type { DnsResolver } from "../ports/dns-resolver.ts";
import type { IdentityState, ProviderFault } from "../ports/mail-provider.ts";
import type { Pause } from "../ports/pause.ts";
import type { ProviderTurns } from "../ports/provider-turns.ts";
import type { SharedWork } from "../ports/shared-work.ts";
import { err, ok, type Result } from "../result.ts";
import { askIdentity, type AskIdentityPorts, rearmSearches } from "./ask-identity.ts";
import { type DnsObservation, type DnsQuestion, followUpLookups, lookupsFor } from "./dns-lookups.ts";
import { deriveDnsRecords, mailFromDomain } from "./dns-records.ts";
import {
  allVerified,
  anyAnswered,
  judgeRecords,
  lostAt,
  type ProviderConsent,
  type RecordVerdict,
  searchedInDns,
  uncheckedVerdicts,
} from "./dns-verdict.ts";
import {
  findSetup,
  type FindSetupPorts,
  isStanding,
  type SetupNotFound,
  type StandingSetup,
} from "./find-setup.ts";
import { isSearchedFor } from "./setup-steps.ts";

export type RecheckPorts = AskIdentityPorts & {
  readonly dns: DnsResolver;
  readonly mailProvider: ProviderTurns;
  readonly sharedWork: SharedWork;
};

export type CheckSetupPorts = FindSetupPorts & RecheckPorts & { readonly pause: Pause };

export type CheckSetup = {
  readonly workspaceId: Id | null;
  readonly setupId: Id;
  /** Wait for the rest of a setup that is just being made: it would not be verified otherwise. */
  readonly waitsForRest?: boolean;
};

export type CheckSetupRefused = SetupNotFound;

/** DNS takes at most 3 s, both rounds together. */
const DNS_MS = 3000;
const FIRST_ROUND_MS = 2000;
/** A read ends within 3 s, whatever is slow: the provider has what DNS leaves of it. */
const READ_MS = 3000;
/**
 * How long each waits for the provider's turn, and then for its answer. Who asks for a verify wants to know: it waits for
 * the rest of a few setups made at the same time, three turns each. A sweep only takes a free turn.
 */
const PATIENCE = {
  read: { turnMs: null, answerMs: 1000 },
  verify: { turnMs: 10_000, answerMs: 3000 },
  sweep: { turnMs: 100, answerMs: 8000 },
} as const;
/** What a verify waits for is the first of three turns; others may come before it. */
const REST_MS = 5000;
const REST_POLL_MS = 100;

/** The setup as it stands after the check. */
export async function checkSetup(
  ports: CheckSetupPorts,
  command: CheckSetup,
): Promise<Result<StandingSetup, CheckSetupRefused>> {
  const found = await findSetup(ports, { ...command, action: "read" });
  if (!found.ok) return found;
  if (!command.waitsForRest) return recheck(ports, found.value, "read");
  return recheck(ports, await withRest(ports, found.value), "verify");
}

/** The setup, once the provider looks for its records: or as it is when that takes too long. */
async function withRest(ports: CheckSetupPorts, begun: StandingSetup): Promise<StandingSetup> {
  const deadline = ports.clock.now() + REST_MS;
  let setup = begun;
  while (!isSearchedFor(setup) && ports.clock.now() < deadline) {
    await ports.pause(REST_POLL_MS);
    const now = await ports.setups.find(setup.id);
    if (now === null || !isStanding(now)) break;
    setup = now;
  }
  return setup;
}

/** Checks a setup already found. Refused when it was deleted meanwhile. */
export const recheck = (
  ports: RecheckPorts,
  setup: StandingSetup,
  patience: keyof typeof PATIENCE,
): Promise<Result<StandingSetup, SetupNotFound>> =>
  ports.sharedWork.share(`${patience} ${setup.id}`, () => check(ports, setup, patience));

async function check(
  ports: RecheckPorts,
  setup: StandingSetup,
  patience: keyof typeof PATIENCE,
): Promise<Result<StandingSetup, SetupNotFound>> {
  const { clock, mailProvider } = ports;
  const checkedAt = clock.now();
  const records = deriveDnsRecords(setup);
  const observed = await observe(ports, setup);
  const seen = searchedInDns(records, observed);
  const { turnMs, answerMs } = PATIENCE[patience];
  const startBy = turnMs === null ? checkedAt + READ_MS - answerMs : clock.now() + turnMs;
  const provider = mailProvider.startingBy(startBy, { answerMs });
  // A sweep leaves the provider alone until it can have seen the domain's own records.
  const isAsked = patience !== "sweep" || seen.has("dkim");
  const identity = isAsked ? await askIdentity(ports, provider, setup, seen) : null;

  // The provider may have made new keys: its records are the ones to publish from now on.
  const dkim = identity?.ok && identity.value.dkim.tokens.length > 0 ? identity.value.dkim : setup.dkim;
  const verdicts = judgeRecords({
    domainIdentity: setup.domainIdentity,
    records: deriveDnsRecords({ ...setup, dkim }),
    observed,
    provider: consentOf(identity, setup),
    provisioning: !isSearchedFor(setup),
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
  if (identity?.ok) await rearmSearches(ports, provider, setup, seen, identity.value);
  return stored !== null && isStanding(stored) ? ok(stored) : err({ kind: "setup_not_found" });
}

/** Both rounds of questions, each all at once. */
async function observe(
  { dns, clock }: RecheckPorts,
  setup: StandingSetup,
): Promise<readonly DnsObservation[]> {
  const startedAt = clock.now();
  const ask = (questions: readonly DnsQuestion[], timeoutMs: number): Promise<readonly DnsObservation[]> =>
    Promise.all(
      questions.map(async ({ name, type }) => ({
        name,
        type,
        answers: await dns.lookup(name, type, timeoutMs),
      })),
    );
  const records = deriveDnsRecords(setup);
  const first = await ask(lookupsFor(records), FIRST_ROUND_MS);
  const followUps = followUpLookups(records, setup.domainIdentity, first);
  return [...first, ...(await ask(followUps, DNS_MS - (clock.now() - startedAt)))];
}

/** Null: the provider did not say. An identity that is gone there, or a MAIL FROM that is not ours, consents to nothing. */
function consentOf(
  identity: Result<IdentityState, ProviderFault> | null,
  { domainIdentity }: StandingSetup,
): ProviderConsent | null {
  if (identity === null) return null;
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
