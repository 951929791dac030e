// Everything the operations may be handed, and the settings they read. Built once on long-lived runtimes and once per
// request on Workers (compose.ts); nothing else knows an adapter.
import type { ApiKeyMode } from "../core/access/api-key.ts";
import type { ApiKeyStore } from "../core/ports/api-key-store.ts";
import type { ArrivalReader } from "../core/ports/arrival-reader.ts";
import type { Background } from "../core/ports/background.ts";
import type { BlobStore } from "../core/ports/blob-store.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { DnsResolver } from "../core/ports/dns-resolver.ts";
import type { EmailStore } from "../core/ports/email-store.ts";
import type { EventStore } from "../core/ports/event-store.ts";
import type { FileDownloads } from "../core/ports/file-downloads.ts";
import type { HtmlToText } from "../core/ports/html-to-text.ts";
import type { IdSource } from "../core/ports/id-source.ts";
import type { IdempotencyStore } from "../core/ports/idempotency-store.ts";
import type { InboundMailbox } from "../core/ports/inbound-mailbox.ts";
import type { InboundStore } from "../core/ports/inbound-store.ts";
import type { Mailer } from "../core/ports/mailer.ts";
import type { IdentityMemory } from "../core/ports/identity-memory.ts";
import type { MessageParser } from "../core/ports/message-parser.ts";
import type { NotificationReader } from "../core/ports/notification-reader.ts";
import type { Pause } from "../core/ports/pause.ts";
import type { PhoneNumberStore } from "../core/ports/phone-number-store.ts";
import type { ProviderTurns } from "../core/ports/provider-turns.ts";
import type { RandomSource } from "../core/ports/random-source.ts";
import type { ReputationStore } from "../core/ports/reputation-store.ts";
import type { SecretBox } from "../core/ports/secret-box.ts";
import type { SetupStore } from "../core/ports/setup-store.ts";
import type { Sha256 } from "../core/ports/sha256.ts";
import type { Slots } from "../core/ports/slots.ts";
import type { SharedWork } from "../core/ports/shared-work.ts";
import type { TaskStore } from "../core/ports/task-store.ts";
import type { ProviderSuppressionList } from "../core/ports/provider-suppression-list.ts";
import type { SuppressionStore } from "../core/ports/suppression-store.ts";
import type { TokenSigner } from "../core/ports/token-signer.ts";
import type { TopicConfirmer } from "../core/ports/topic-confirmer.ts";
import type { TwilioSetupStore } from "../core/ports/twilio-setup-store.ts";
import type { UnsubscribeTokens } from "../core/ports/unsubscribe-tokens.ts";
import type { UseCaseStore } from "../core/ports/use-case-store.ts";
import type { VoiceProvider } from "../core/ports/voice-provider.ts";
import type { VoiceWebhookStore, WebhookSignatures } from "../core/ports/voice-webhooks.ts";
import type { WorkspaceStore } from "../core/ports/workspace-store.ts";
import type { TierPolicy } from "../core/reputation/tier-policy.ts";
import type { SetupSharing } from "../core/setup/ses-setup.ts";
import type { PoolMode } from "../core/use-case/sending-pool.ts";
import type { CallerCache } from "./caller-cache.ts";
import type { BodyBudget } from "./request-body.ts";

export type Ports = {
  readonly workspaces: WorkspaceStore;
  readonly apiKeys: ApiKeyStore;
  readonly idempotency: IdempotencyStore;
  readonly setups: SetupStore;
  readonly useCases: UseCaseStore;
  readonly emails: EmailStore;
  readonly events: EventStore;
  readonly reputation: ReputationStore;
  readonly inbound: InboundStore;
  readonly inboundMailbox: InboundMailbox;
  readonly arrivalReader: ArrivalReader;
  readonly messageParser: MessageParser;
  readonly suppressions: SuppressionStore;
  readonly blobs: BlobStore;
  readonly tasks: TaskStore;
  readonly twilioSetups: TwilioSetupStore;
  readonly phoneNumbers: PhoneNumberStore;
  readonly voiceWebhooks: VoiceWebhookStore;
  readonly voiceProvider: VoiceProvider;
  readonly webhookSignatures: WebhookSignatures;
  readonly secretBox: SecretBox;
  readonly mailProvider: ProviderTurns;
  readonly identityMemory: IdentityMemory;
  readonly sharedWork: SharedWork;
  readonly receivingSlots: Slots;
  readonly providerSuppressions: ProviderSuppressionList;
  readonly mailer: Mailer;
  readonly notifications: NotificationReader;
  readonly topics: TopicConfirmer;
  readonly dns: DnsResolver;
  readonly htmlToText: HtmlToText;
  readonly signer: TokenSigner;
  readonly unsubscribeTokens: UnsubscribeTokens;
  readonly sha256: Sha256;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly ids: IdSource;
  readonly background: Background;
  readonly random: RandomSource;
  /** Plain values with a time, shared by all requests of a process on every runtime. */
  readonly callers: CallerCache;
  readonly bodyBudget: BodyBudget;
  /** Whether the storage answers and the migrations are in. */
  readonly isStorageReady: () => Promise<boolean>;
  /** Null when the blobs lie in S3, which serves them itself. */
  readonly fileDownloads: FileDownloads | null;
  readonly settings: Settings;
};

export type Settings = {
  readonly region: string;
  /** Without a slash at its end; what links in mails and the hooks of phone numbers begin with. */
  readonly publicUrl: string;
  readonly setupSharing: SetupSharing;
  readonly dnsGraceSeconds: number;
  readonly pools: PoolMode;
  readonly tierPolicy: TierPolicy;
  /** Names this installation in the tags of everything it makes at the provider. */
  readonly installation: string;
  /** SHA-256 (hex) of the operator's key. */
  readonly operatorKeySha256: string;
  /** Keys of the other mode are refused: `pr_test_` in the sandbox, `pr_live_` elsewhere. */
  readonly apiKeyMode: ApiKeyMode;
};
