import type { Result } from "../result.ts";
import type { CustomerProfileStatus } from "../voice/twilio-setup.ts";
import type { NumberTarget } from "../voice/phone-number.ts";

/** Whose call it is: every call is made with the account's own token. */
export type VoiceAccount = { readonly accountSid: string; readonly authToken: string };

/**
 * Why a provider call did not succeed. `credentials_refused`: there is no such account, or this is not its token.
 * `throttled`: not done, may be tried again after the time. `refused`: another 4xx, final. `unavailable` and `timed_out`:
 * may or may not have been done. `reason` is for logs: codes and states, no number and no URL.
 */
export type VoiceFault = {
  readonly kind: "credentials_refused" | "not_found" | "throttled" | "refused" | "unavailable" | "timed_out";
  readonly reason: string;
  /** For `throttled`. */
  readonly retryAfterSeconds: number;
};

export type AccountNumber = {
  readonly phoneNumberSid: string;
  /** E.164. */
  readonly phoneNumber: string;
  readonly friendlyName: string;
  readonly target: NumberTarget;
};

/**
 * Accounts, customer profiles and phone numbers at the voice provider. Each method but `listNumbers` is one call, never
 * repeated inside, at most 8 s or `timeoutMs`. What belongs to another account answers `not_found`, as what nobody has.
 *
 * - `pointNumber` changes the given members only; after `startBy` (ms) it is not begun and answers `timed_out`.
 * - `listNumbers` answers the account's numbers, at most 1,000, and whether there are more.
 */
export type VoiceProvider = {
  getAccount(account: VoiceAccount): Promise<Result<{ readonly isActive: boolean }, VoiceFault>>;
  getCustomerProfile(
    account: VoiceAccount,
    profileSid: string,
    timeoutMs?: number,
  ): Promise<Result<Exclude<CustomerProfileStatus, "not-found">, VoiceFault>>;
  getNumber(account: VoiceAccount, numberSid: string): Promise<Result<AccountNumber, VoiceFault>>;
  pointNumber(
    account: VoiceAccount,
    numberSid: string,
    target: Partial<NumberTarget>,
    startBy: number,
  ): Promise<Result<void, VoiceFault>>;
  listNumbers(
    account: VoiceAccount,
  ): Promise<Result<{ readonly numbers: readonly AccountNumber[]; readonly hasMore: boolean }, VoiceFault>>;
};
