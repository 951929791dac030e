// Voice as a journey uses it: Twilio accounts with a customer profile and numbers, made in the sandbox as a customer makes them
// in Twilio's console, and what a workspace makes of them here.
import type { PhoneNumber, TwilioSetup, TwilioUseCase } from "./api-shapes.ts";
import type { TwilioNumber } from "./sandbox.ts";
import { letters, type Workspace, type World } from "./world.ts";

const hexadecimal = (): string => crypto.randomUUID().replaceAll("-", "");
export const newNumberSid = (): string => `PN${hexadecimal()}`;

export type TwilioAccount = {
  readonly accountSid: string;
  readonly authToken: string;
  readonly profileSid: string;
  /** The body that creates a setup of it. */
  readonly body: Readonly<Record<string, string>>;
  setProfile(status: string): Promise<unknown>;
  /** A number of the account, pointing where it is told; answers its SID. */
  newNumber(target?: Partial<Omit<TwilioNumber, "sid">>): Promise<string>;
};

/** An active account whose customer profile has this status. */
export async function newTwilioAccount(
  { sandbox }: World,
  status = "twilio-approved",
): Promise<TwilioAccount> {
  const accountSid = `AC${hexadecimal()}`;
  const profileSid = `BU${hexadecimal()}`;
  const authToken = hexadecimal();
  await sandbox.setTwilioAccount(accountSid, { auth_token: authToken, status: "active" });
  const setProfile = (next: string): Promise<unknown> =>
    sandbox.setCustomerProfile(profileSid, { status: next, account_sid: accountSid });
  await setProfile(status);
  return {
    accountSid,
    authToken,
    profileSid,
    body: {
      friendly_name: "Clinic North",
      account_sid: accountSid,
      auth_token: authToken,
      customer_profile_sid: profileSid,
    },
    setProfile,
    async newNumber(target = {}) {
      const sid = newNumberSid();
      const phone_number = `+1555${String(Math.floor(Math.random() * 10_000_000)).padStart(7, "0")}`;
      await sandbox.setPhoneNumber(sid, { account_sid: accountSid, phone_number, ...target });
      return sid;
    },
  };
}

export const createTwilioSetup = (
  { api, path }: Workspace,
  { body }: Pick<TwilioAccount, "body">,
): Promise<TwilioSetup> =>
  api.expect<TwilioSetup>(201, "POST", path("/channels/twilio-setup"), { json: body });

/** The body that creates a use case under a Twilio setup, with a name of its own unless told otherwise. */
export const voiceUseCaseUnder = (
  world: World,
  { id }: Pick<TwilioSetup, "id">,
  form: Readonly<Record<string, string>> = {},
): object => ({
  channel: "inbound_voice",
  entity_name: "Clinic North",
  name: letters(world.unique("calls")),
  twilio_setup_id: id,
  ...form,
});

export const createVoiceUseCase = (
  { api, world }: Workspace,
  setup: TwilioSetup,
  form?: Readonly<Record<string, string>>,
): Promise<TwilioUseCase> =>
  api.expect<TwilioUseCase>(201, "POST", "/v1/use-case", { json: voiceUseCaseUnder(world, setup, form) });

export const assignNumber = (
  { api }: Workspace,
  { id }: Pick<TwilioUseCase, "id">,
  phoneNumberSid: string,
): Promise<PhoneNumber> =>
  api.expect<PhoneNumber>(201, "POST", `/v1/use-case/${id}/phone-number`, {
    json: { phone_number_sid: phoneNumberSid },
  });

export const numbersOf = async (
  { api }: Workspace,
  { id }: Pick<TwilioUseCase, "id">,
): Promise<readonly PhoneNumber[]> =>
  (await api.get<{ items: readonly PhoneNumber[] }>(`/v1/use-case/${id}/phone-number`)).items;

/** Where the webhooks of a use case are. */
export const hookUrl = (
  { url }: World,
  { id }: Pick<TwilioUseCase, "id">,
  kind: "voice" | "status",
): string => `${url}/hooks/twilio/${id}/${kind}`;

export type VoiceLine = {
  readonly workspace: Workspace;
  readonly account: TwilioAccount;
  readonly setup: TwilioSetup;
  readonly useCase: TwilioUseCase;
  readonly number: PhoneNumber;
};

/** An account, a setup, a use case and a number that serves it. */
export async function newVoiceLine(workspace: Workspace): Promise<VoiceLine> {
  const account = await newTwilioAccount(workspace.world);
  const setup = await createTwilioSetup(workspace, account);
  const useCase = await createVoiceUseCase(workspace, setup);
  const number = await assignNumber(workspace, useCase, await account.newNumber());
  return { workspace, account, setup, useCase, number };
}
