import type { Id } from "../ids.ts";
import type { Result } from "../result.ts";
import type { IdentityState, ProviderFault } from "./mail-provider.ts";
import type { SearchedRecord } from "./setup-store.ts";

/** What the provider last said of a setup's identity. */
export type RememberedIdentity = {
  readonly askedAt: number;
  /** What stood in DNS when it was asked. */
  readonly seenInDns: ReadonlySet<SearchedRecord>;
  /** Null while it is being asked. */
  readonly answer: Result<IdentityState, ProviderFault> | null;
};

/** Plain values for a while, within one process; what is not there is asked again. */
export type IdentityMemory = {
  recall(setupId: Id): RememberedIdentity | null;
  remember(setupId: Id, identity: RememberedIdentity): void;
  forget(setupId: Id): void;
};
