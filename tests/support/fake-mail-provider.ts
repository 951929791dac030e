// A mail provider of maps, for the operations' tests: it holds what SES would hold, refuses what SES refuses between
// them (deleting what is still bound), notes each call, and fails on demand, before or after it has done the thing.
import type { Clock } from "../../core/ports/clock.ts";
import type {
  IdentityState,
  IdentityStatus,
  MailProvider,
  ProviderFault,
  ProviderResource,
  ProviderTags,
} from "../../core/ports/mail-provider.ts";
import type { ProviderTurns } from "../../core/ports/provider-turns.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { AccountQuota } from "../../core/reputation/account-share.ts";
import type { DkimKeys } from "../../core/setup/ses-setup.ts";

export const FAKE_DKIM: DkimKeys = {
  tokens: ["tokena", "tokenb", "tokenc"],
  signingHostedZone: "dkim.amazonses.com",
};

type Answer<T> = ReturnType<typeof ok<T>> | ReturnType<typeof fault>;
type Identity = { state: IdentityState; feedback: boolean };
export type Operation = keyof MailProvider;
export type PlannedFault = {
  kind: ProviderFault["kind"];
  afterAccept?: boolean;
  always?: boolean;
  times?: number;
};

const keyOf = (resource: ProviderResource): string =>
  resource.kind === "identity" ? `identity/${resource.domain}` : `configuration-set/${resource.name}`;

export class FakeMailProvider implements MailProvider, ProviderTurns {
  readonly tenants = new Map<string, { tenantArn: string; tags: ProviderTags }>();
  readonly identities = new Map<string, Identity>();
  readonly sets = new Map<string, { pool: string | null; tags: ProviderTags; destination: boolean }>();
  readonly bonds = new Set<string>();
  readonly calls: Operation[] = [];
  readonly faults = new Map<Operation, PlannedFault>();
  quota: AccountQuota = { mailsIn24Hours: null, mailsPerSecond: null };
  /** Called at each call, before and after it takes effect: lets a test move its clock, or its program die. */
  onCall: () => void = () => undefined;
  afterCall: () => void = () => undefined;
  /** By which turns come too late. */
  clock: Clock = { now: () => 0 };
  /** Every turn is somebody else's. */
  noTurns = false;
  /** ARNs of tenants that may send nothing, with the cause. */
  readonly paused = new Map<string, string>();

  /** The provider itself, whose turns come at once, but not after `at`. */
  startingBy(at: number): MailProvider {
    return new Proxy<FakeMailProvider>(this, {
      get: (fake, name) => {
        const member: unknown = Reflect.get(fake, name);
        if (typeof member !== "function") return member;
        return async (...args: unknown[]): Promise<unknown> =>
          fake.noTurns || fake.clock.now() > at ? fault("out_of_turn") : member.apply(fake, args);
      },
    });
  }

  /** Everything that stands, by name. */
  get standing(): readonly string[] {
    const sets = [...this.sets.keys()].map((name) => `configuration-set/${name}`);
    return [...this.tenants.keys(), ...this.identities.keys(), ...sets, ...this.bonds];
  }

  setStatus(domain: string, status: IdentityStatus): void {
    this.changeIdentity(domain, { dkimStatus: status, mailFromStatus: status });
  }

  changeIdentity(domain: string, change: Partial<IdentityState>): void {
    const identity = this.identities.get(domain);
    if (identity) identity.state = { ...identity.state, ...change };
  }

  createTenant(tenantName: string, tags: ProviderTags) {
    return this.call("createTenant", () => {
      if (this.tenants.has(tenantName)) return fault("already_exists");
      const tenantArn = `arn:aws:ses:eu-central-1:000000000000:tenant/${tenantName}/tn-1`;
      this.tenants.set(tenantName, { tenantArn, tags });
      return ok({ tenantArn });
    });
  }

  getTenant(tenantName: string) {
    return this.call("getTenant", () => {
      const tenant = this.tenants.get(tenantName);
      return tenant ? ok(tenant) : fault("not_found");
    });
  }

  deleteTenant(tenantName: string) {
    return this.call("deleteTenant", () => (this.tenants.delete(tenantName) ? DONE : fault("not_found")));
  }

  listPausedTenants() {
    return this.call("listPausedTenants", () => {
      const tenants = [...this.paused].map(([tenantArn, cause]) => ({ tenantArn, cause }));
      return ok({ tenants, next: null });
    });
  }

  createIdentity(domain: string, tags: ProviderTags) {
    return this.call("createIdentity", () => {
      if (this.identities.has(domain)) return fault("already_exists");
      const statuses = { dkimStatus: "pending", mailFromStatus: "not_started" } as const;
      const state = { dkim: FAKE_DKIM, ...statuses, verifiedForSending: false, mailFromDomain: null, tags };
      this.identities.set(domain, { state, feedback: true });
      return ok(FAKE_DKIM);
    });
  }

  getIdentity(domain: string) {
    return this.call("getIdentity", () => {
      const identity = this.identities.get(domain);
      return identity ? ok(identity.state) : fault("not_found");
    });
  }

  setMailFrom(domain: string, mailFrom: string) {
    return this.call("setMailFrom", () => {
      this.changeIdentity(domain, { mailFromDomain: mailFrom, mailFromStatus: "pending" });
      return DONE;
    });
  }

  restartDkim() {
    return this.call("restartDkim", () => ok(FAKE_DKIM));
  }

  disableFeedbackForwarding(domain: string) {
    return this.call("disableFeedbackForwarding", () => {
      const identity = this.identities.get(domain);
      if (identity) identity.feedback = false;
      return DONE;
    });
  }

  deleteIdentity(domain: string) {
    return this.call("deleteIdentity", () => {
      if (this.isBound(`identity/${domain}`)) return fault("refused");
      return this.identities.delete(domain) ? DONE : fault("not_found");
    });
  }

  associate({ tenantName }: { tenantName: string }, resource: ProviderResource) {
    return this.call("associate", () => {
      this.bonds.add(`${tenantName} ${keyOf(resource)}`);
      return DONE;
    });
  }

  dissociate({ tenantName }: { tenantName: string }, resource: ProviderResource) {
    return this.call("dissociate", () =>
      this.bonds.delete(`${tenantName} ${keyOf(resource)}`) ? DONE : fault("not_found"),
    );
  }

  createConfigurationSet(name: string, pool: string | null, tags: ProviderTags) {
    return this.call("createConfigurationSet", () => {
      if (this.sets.has(name)) return fault("already_exists");
      this.sets.set(name, { pool, tags, destination: false });
      return DONE;
    });
  }

  getConfigurationSet(name: string) {
    return this.call("getConfigurationSet", () => {
      const set = this.sets.get(name);
      return set ? ok({ tags: set.tags }) : fault("not_found");
    });
  }

  setSendingPool(name: string, pool: string | null) {
    return this.call("setSendingPool", () => {
      const set = this.sets.get(name);
      if (!set) return fault("not_found");
      set.pool = pool;
      return DONE;
    });
  }

  getSendQuota() {
    return this.call("getSendQuota", () => ok(this.quota));
  }

  createEventDestination(name: string) {
    return this.call("createEventDestination", () => {
      const set = this.sets.get(name);
      if (!set) return fault("not_found");
      set.destination = true;
      return DONE;
    });
  }

  suppress(tenantName: string, _address: string) {
    return this.call("suppress", () => (this.tenants.has(tenantName) ? ok(undefined) : fault("not_found")));
  }

  unsuppress(tenantName: string, _address: string) {
    return this.call("unsuppress", () => (this.tenants.has(tenantName) ? ok(undefined) : fault("not_found")));
  }

  deleteConfigurationSet(name: string) {
    return this.call("deleteConfigurationSet", () => {
      if (this.isBound(`configuration-set/${name}`)) return fault("refused");
      return this.sets.delete(name) ? DONE : fault("not_found");
    });
  }

  private isBound(key: string): boolean {
    return [...this.bonds].some((bond) => bond.endsWith(` ${key}`));
  }

  /** A planned fault happens once, unless it is to happen always or more often. */
  private async call<T>(operation: Operation, act: () => Answer<T>): Promise<Result<T, ProviderFault>> {
    this.calls.push(operation);
    this.onCall();
    const planned = this.faults.get(operation);
    if (planned && !planned.always) {
      const times = (planned.times ?? 1) - 1;
      if (times > 0) this.faults.set(operation, { ...planned, times });
      else this.faults.delete(operation);
    }
    if (!planned || planned.afterAccept) {
      const answer = act();
      this.afterCall();
      if (!planned) return answer;
    }
    return fault(planned.kind);
  }
}

const DONE = ok(undefined);
const fault = (kind: ProviderFault["kind"]): { readonly ok: false; readonly error: ProviderFault } =>
  err({ kind, reason: `planned: ${kind}` });

/** Every way a call can fail, and what the request it belongs to is refused with. */
const FAULTS: readonly [fault: PlannedFault, refusal: string][] = [
  [{ kind: "refused" }, "provider_unavailable"],
  [{ kind: "refused", afterAccept: true }, "provider_unavailable"],
  [{ kind: "throttled" }, "provider_unavailable"],
  [{ kind: "unavailable" }, "provider_unavailable"],
  [{ kind: "unavailable", afterAccept: true }, "provider_unavailable"],
  [{ kind: "timed_out" }, "provider_timed_out"],
  [{ kind: "timed_out", afterAccept: true }, "provider_timed_out"],
];

/** A row for each of these calls failing in each way. */
export const faultRows = (
  operations: readonly Operation[],
): [name: string, operation: Operation, fault: PlannedFault, refusal: string][] =>
  operations.flatMap((operation) =>
    FAULTS.map(([fault, refusal]): ReturnType<typeof faultRows>[number] => [
      `${operation} ${fault.kind}${fault.afterAccept ? " after it was done" : ""}: ${refusal}`,
      operation,
      fault,
      refusal,
    ]),
  );
