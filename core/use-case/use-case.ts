// A use case: a channel bound to a setup, and how that channel is used. A word of the product: the application's own
// actions are called operations.
import type { Id } from "../ids.ts";
import type { CustomerProfileStatus } from "../voice/twilio-setup.ts";

export const TWILIO_CHANNELS = ["outbound_voice", "inbound_voice", "ringless_voicemail"] as const;
export type TwilioChannel = (typeof TWILIO_CHANNELS)[number];
export const CHANNELS = [...TWILIO_CHANNELS, "email"] as const;
export type Channel = (typeof CHANNELS)[number];

export const EMAIL_TYPES = ["transactional", "marketing"] as const;
export type EmailType = (typeof EMAIL_TYPES)[number];

export const TIERS = ["onboarding", "standard", "premium", "suspended"] as const;
export type Tier = (typeof TIERS)[number];

export const UNSUBSCRIBE_SCOPES = ["use_case", "setup"] as const;
export type UnsubscribeScope = (typeof UNSUBSCRIBE_SCOPES)[number];

export const USE_CASE_STATUSES = ["provisioning", "ready", "deleting", "deleted"] as const;
export type UseCaseStatus = (typeof USE_CASE_STATUSES)[number];

type UseCaseBase = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly entityName: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: UseCaseStatus;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type EmailUseCase = UseCaseBase & {
  readonly channel: "email";
  readonly setupId: Id;
  readonly configurationSetName: string;
  readonly senderEmailAddress: string;
  readonly senderDisplayName: string | null;
  readonly emailType: EmailType;
  readonly unsubscribeScope: UnsubscribeScope;
  readonly tier: Tier;
};

export type TwilioUseCase = UseCaseBase & {
  readonly channel: TwilioChannel;
  readonly twilioSetupId: Id;
  /** Its setup's, as last seen: a use case outlives the approval that it was made under. */
  readonly customerProfileStatus: CustomerProfileStatus;
};

export type UseCase = EmailUseCase | TwilioUseCase;
