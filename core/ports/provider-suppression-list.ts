import type { Result } from "../result.ts";
import type { ProviderFault } from "./mail-provider.ts";

/**
 * The provider's own list of addresses a tenant's mail does not go to. It feeds itself with hard bounces and complaints;
 * ours decides, and is kept in step. Each method is one call, at most 8 s. Putting what is there is no error; removing what
 * is not there answers `not_found`. Addresses compare by case before the @: give the one that was mailed.
 */
export type ProviderSuppressionList = {
  put(tenantName: string, address: string): Promise<Result<void, ProviderFault>>;
  remove(tenantName: string, address: string): Promise<Result<void, ProviderFault>>;
};
