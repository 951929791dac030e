// What the provider thinks of a setup's records: asked only where it has a say, because DNS shows what it looks for, and at
// most every 30 seconds unless DNS shows more than when it was asked. What it gave up looking for it is told to look for
// again once it is there: SES does so after 72 hours.
import type { Clock } from "../ports/clock.ts";
import type { IdentityMemory } from "../ports/identity-memory.ts";
import type { IdentityState, MailProvider, ProviderFault } from "../ports/mail-provider.ts";
import type { SearchedRecord, SetupStore } from "../ports/setup-store.ts";
import type { Result } from "../result.ts";
import { mailFromDomain } from "./dns-records.ts";
import type { StandingSetup } from "./find-setup.ts";
import { isSearchedFor } from "./setup-steps.ts";

export type AskIdentityPorts = {
  readonly setups: SetupStore;
  readonly identityMemory: IdentityMemory;
  readonly clock: Clock;
};

const ANSWER_MS = 30_000;
const REARM_MS = 3_600_000;

/** Null: not asked, nobody knows better than before. */
export async function askIdentity(
  { identityMemory, clock }: AskIdentityPorts,
  provider: MailProvider,
  setup: StandingSetup,
  seenInDns: ReadonlySet<SearchedRecord>,
): Promise<Result<IdentityState, ProviderFault> | null> {
  const askedAt = clock.now();
  const known = identityMemory.recall(setup.id);
  const isFresh = known !== null && Math.abs(askedAt - known.askedAt) < ANSWER_MS;
  if (isFresh && [...seenInDns].every((record) => known.seenInDns.has(record))) return known.answer;
  if (seenInDns.size === 0) return null;

  // At once: whoever comes while it is being asked goes by what was known before.
  identityMemory.remember(setup.id, { askedAt, seenInDns, answer: known?.answer ?? null });
  const answer = await provider.getIdentity(setup.domainIdentity);
  const isPassing = answer.ok ? !hasKeysOf(answer.value, setup) : answer.error.kind === "out_of_turn";
  // What it said of new keys is about records that nobody can have published yet.
  if (isPassing) identityMemory.forget(setup.id);
  else identityMemory.remember(setup.id, { askedAt, seenInDns, answer });
  return answer;
}

const hasKeysOf = (identity: IdentityState, { dkim }: StandingSetup): boolean =>
  identity.dkim.tokens.join() === dkim.tokens.join();

/** Tells the provider to look again for what stands in DNS and it has given up, at most hourly each. */
export async function rearmSearches(
  ports: AskIdentityPorts,
  provider: MailProvider,
  setup: StandingSetup,
  seenInDns: ReadonlySet<SearchedRecord>,
  identity: IdentityState,
): Promise<void> {
  if (!isSearchedFor(setup)) return;
  for (const record of givenUp(setup, identity))
    if (seenInDns.has(record)) await rearm(ports, provider, setup, record);
}

function givenUp({ domainIdentity }: StandingSetup, identity: IdentityState): readonly SearchedRecord[] {
  const isElsewhere = identity.mailFromDomain !== mailFromDomain(domainIdentity);
  return [
    ...(identity.dkimStatus === "failed" ? (["dkim"] as const) : []),
    ...(identity.mailFromStatus === "failed" || isElsewhere ? (["mail_from"] as const) : []),
  ];
}

async function rearm(
  { setups, identityMemory, clock }: AskIdentityPorts,
  provider: MailProvider,
  { id, domainIdentity }: StandingSetup,
  record: SearchedRecord,
): Promise<void> {
  const now = clock.now();
  if (!(await setups.claimRearm(id, record, now, now - REARM_MS))) return;
  const told =
    record === "dkim"
      ? await provider.restartDkim(domainIdentity)
      : await provider.setMailFrom(domainIdentity, mailFromDomain(domainIdentity));
  if (!told.ok && (told.error.kind === "out_of_turn" || told.error.kind === "throttled"))
    await setups.returnRearm(id, record);
  identityMemory.forget(id);
}
