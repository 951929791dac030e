// A voice provider of maps: accounts with their token, profiles and numbers. It fails where a test tells it to, before or
// after it did what was asked.
import type { Clock } from "../../core/ports/clock.ts";
import type {
  AccountNumber,
  VoiceAccount,
  VoiceFault,
  VoiceProvider,
} from "../../core/ports/voice-provider.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { NumberTarget } from "../../core/voice/phone-number.ts";
import type { CustomerProfileStatus } from "../../core/voice/twilio-setup.ts";

type Fault = { readonly kind: VoiceFault["kind"]; readonly afterAccept?: boolean };
type ProfileStatus = Exclude<CustomerProfileStatus, "not-found">;

export const POINTS_NOWHERE: NumberTarget = {
  voiceUrl: "",
  voiceMethod: "POST",
  statusCallback: "",
  statusCallbackMethod: "POST",
  voiceApplicationSid: null,
  trunkSid: null,
};

export class FakeVoiceProvider implements VoiceProvider {
  /** Token by account. */
  readonly accounts = new Map<string, string>();
  readonly profiles = new Map<string, ProfileStatus>();
  readonly numbers = new Map<string, AccountNumber>();
  /** Of the next call of that name. */
  readonly faults = new Map<keyof VoiceProvider, Fault>();

  clock: Clock = { now: () => 0 };

  addNumber(phoneNumberSid: string, target: Partial<NumberTarget> = {}): void {
    const phoneNumber = `+1555${phoneNumberSid.slice(-7)}`;
    this.numbers.set(phoneNumberSid, {
      phoneNumberSid,
      phoneNumber,
      friendlyName: "",
      target: { ...POINTS_NOWHERE, ...target },
    });
  }
  targetOf(phoneNumberSid: string): NumberTarget | undefined {
    return this.numbers.get(phoneNumberSid)?.target;
  }

  getAccount(account: VoiceAccount) {
    return this.answer("getAccount", account, () => ok({ isActive: true }));
  }
  getCustomerProfile(account: VoiceAccount, profileSid: string) {
    return this.answer("getCustomerProfile", account, () => found(this.profiles.get(profileSid)));
  }
  getNumber(account: VoiceAccount, numberSid: string) {
    return this.answer("getNumber", account, () => found(this.numbers.get(numberSid)));
  }
  pointNumber(account: VoiceAccount, numberSid: string, change: Partial<NumberTarget>, startBy: number) {
    if (this.clock.now() > startBy) return Promise.resolve(err(faultOf("timed_out")));
    return this.answer("pointNumber", account, () => {
      const number = this.numbers.get(numberSid);
      if (number) this.numbers.set(numberSid, { ...number, target: { ...number.target, ...change } });
      return number ? ok(undefined) : NOT_FOUND;
    });
  }
  listNumbers(account: VoiceAccount) {
    return this.answer("listNumbers", account, () =>
      ok({ numbers: [...this.numbers.values()], hasMore: false }),
    );
  }

  private async answer<T>(
    operation: keyof VoiceProvider,
    { accountSid, authToken }: VoiceAccount,
    take: () => Result<T, VoiceFault>,
  ): Promise<Result<T, VoiceFault>> {
    const fault = this.faults.get(operation);
    this.faults.delete(operation);
    if (fault && !fault.afterAccept) return err(faultOf(fault.kind));
    if (this.accounts.get(accountSid) !== authToken) return err(faultOf("credentials_refused"));
    const taken = take();
    return fault ? err(faultOf(fault.kind)) : taken;
  }
}

const faultOf = (kind: VoiceFault["kind"]): VoiceFault => ({ kind, reason: kind, retryAfterSeconds: 7 });
const NOT_FOUND = err(faultOf("not_found"));
const found = <T>(value: T | undefined): Result<T, VoiceFault> =>
  value === undefined ? NOT_FOUND : ok(value);
