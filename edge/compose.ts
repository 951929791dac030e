// The only file that chooses adapters. `composeShared` makes what holds plain values only and may serve every request of a
// process; `composePorts` adds what stands on one database client: once on long-lived runtimes, per request on Workers,
// where no promise, client or queue may be shared between requests.
import { makeSignedFetch, type SignedFetch } from "../adapters/aws/signed-fetch.ts";
import { makeDohResolver } from "../adapters/doh/dns-resolver.ts";
import { makeApiKeyStore } from "../adapters/libsql/api-key-store.ts";
import type { Database } from "../adapters/libsql/database.ts";
import { makeEmailStore } from "../adapters/libsql/email-store.ts";
import { makeEventStore } from "../adapters/libsql/event-store.ts";
import { makeIdempotencyStore } from "../adapters/libsql/idempotency-store.ts";
import { makeInboundStore } from "../adapters/libsql/inbound-store.ts";
import { makeInstallationStore } from "../adapters/libsql/installation-store.ts";
import { isMigrated } from "../adapters/libsql/migrate.ts";
import { makePhoneNumberStore } from "../adapters/libsql/phone-number-store.ts";
import { makeReputationStore } from "../adapters/libsql/reputation-store.ts";
import { makeSetupStore } from "../adapters/libsql/setup-store.ts";
import { makeTaskStore } from "../adapters/libsql/task-store.ts";
import { makeTurnStore } from "../adapters/libsql/turn-store.ts";
import { makeSuppressionStore } from "../adapters/libsql/suppression-store.ts";
import { makeTwilioSetupStore } from "../adapters/libsql/twilio-setup-store.ts";
import { makeUseCaseStore } from "../adapters/libsql/use-case-store.ts";
import { makeVoiceWebhookStore } from "../adapters/libsql/voice-webhook-store.ts";
import { makeWorkspaceStore } from "../adapters/libsql/workspace-store.ts";
import { htmlToText } from "../adapters/mime/html-to-text.ts";
import { messageParser } from "../adapters/mime/parse-message.ts";
import { makeS3BlobStore } from "../adapters/s3/blob-store.ts";
import { makeS3InboundMailbox } from "../adapters/s3/inbound-mailbox.ts";
import { makeSesMailer } from "../adapters/ses/mailer.ts";
import { makeSesMailProvider } from "../adapters/ses/mail-provider.ts";
import { makeProviderTurns } from "../adapters/ses/provider-turns.ts";
import { sesArrivalReader } from "../adapters/ses/received-header.ts";
import { makeNotificationReader } from "../adapters/sns/notification-reader.ts";
import { makeSigningKeys } from "../adapters/sns/signing-key.ts";
import { makeSnsTopicConfirmer } from "../adapters/sns/topic-confirmer.ts";
import type { ChunkDigest } from "../adapters/system/chunk-digest.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { makeIdentityMemory } from "../adapters/system/identity-memory.ts";
import { makeIdSource } from "../adapters/system/id-source.ts";
import type { KnownLengthBody, WholeBody } from "../adapters/system/known-length-body.ts";
import { systemPause } from "../adapters/system/pause.ts";
import { makeTwilioCall } from "../adapters/twilio/twilio-call.ts";
import { makeTwilioVoiceProvider } from "../adapters/twilio/voice-provider.ts";
import { twilioWebhookSignatures } from "../adapters/twilio/webhook-signatures.ts";
import { webRandomSource } from "../adapters/webcrypto/random-source.ts";
import { makeSecretBox } from "../adapters/webcrypto/secret-box.ts";
import { webSha256 } from "../adapters/webcrypto/sha256.ts";
import { makeTokenSigner, parseSigningKeys } from "../adapters/webcrypto/token-signer.ts";
import { makeUnsubscribeTokens } from "../adapters/webcrypto/unsubscribe-tokens.ts";
import { assert } from "../core/assert.ts";
import type { Background } from "../core/ports/background.ts";
import type { BlobStore } from "../core/ports/blob-store.ts";
import type { FileDownloads } from "../core/ports/file-downloads.ts";
import type { MailProvider } from "../core/ports/mail-provider.ts";
import type { Mailer } from "../core/ports/mailer.ts";
import type { ProviderSuppressionList } from "../core/ports/provider-suppression-list.ts";
import type { ProviderTurns } from "../core/ports/provider-turns.ts";
import type { Slots } from "../core/ports/slots.ts";
import type { SharedWork } from "../core/ports/shared-work.ts";
import type { TokenSigner } from "../core/ports/token-signer.ts";
import { makeCallerCache } from "./caller-cache.ts";
import type { Config } from "./config.ts";
import type { Ports } from "./ports.ts";
import { makeBodyBudget } from "./request-body.ts";

/** What differs from runtime to runtime. */
export type Platform = {
  readonly chunkDigest: ChunkDigest;
  readonly knownLengthBody: KnownLengthBody;
  readonly wholeBody: WholeBody;
  readonly bodiesInFlightBytesMax: number;
  readonly sharedWork: SharedWork;
  readonly receivingSlots: Slots;
  /** The local folder's store; null where there is no folder. */
  readonly openFolder:
    ((folder: string, publicUrl: string, signer: TokenSigner) => Promise<BlobStore & FileDownloads>) | null;
};

/** What the first start settled, and every later one is told. */
export type Installation = { readonly id: string; readonly operatorKeySha256: string };

export type Shared = Omit<Ports, StoreBound> & {
  /** Before they wait for their turns, which are the database's. */
  readonly unpaced: {
    readonly mailProvider: MailProvider;
    readonly mailer: (mailProvider: Pick<MailProvider, "associate">) => Mailer;
  };
};
type StoreBound =
  | "workspaces"
  | "apiKeys"
  | "idempotency"
  | "setups"
  | "useCases"
  | "emails"
  | "events"
  | "reputation"
  | "inbound"
  | "twilioSetups"
  | "phoneNumbers"
  | "voiceWebhooks"
  | "tasks"
  | "mailProvider"
  | "mailer"
  | "suppressions"
  | "providerSuppressions"
  | "isStorageReady"
  | "background"
  | "settings";

/** Throws an Error with a sentence for the operator when the signing keys or the blob store cannot be used. */
export async function composeShared(
  config: Config,
  signingKeys: string,
  platform: Platform,
): Promise<Shared> {
  const { aws } = config;
  const clock = systemClock;
  const ids = makeIdSource(clock);
  const keys = parseSigningKeys(signingKeys);
  if (!keys.ok) throw new Error(keys.error);
  const signer = makeTokenSigner(keys.value);
  const signedFetch = makeSignedFetch(aws, platform.wholeBody);
  const eventTopicArn = config.snsTopicArns[0] ?? "";
  const folder = await openFolder(config, signer, platform);
  const isSandbox = config.sandbox.mode !== "off";
  return {
    blobs: folder ?? openBucket(config, signedFetch, platform),
    fileDownloads: folder,
    unpaced: {
      mailProvider: makeSesMailProvider(signedFetch, { ...aws, eventTopicArn }),
      mailer: (mailProvider) =>
        makeSesMailer(
          { ...platform, signedFetch, mailProvider, clock, pause: systemPause, jitter: Math.random },
          aws,
        ),
    },
    inboundMailbox: makeS3InboundMailbox(signedFetch, { ...aws, inboundStore: config.inboundStore }),
    arrivalReader: sesArrivalReader,
    messageParser,
    voiceProvider: makeTwilioVoiceProvider(makeTwilioCall(config.twilio), clock),
    webhookSignatures: twilioWebhookSignatures,
    secretBox: makeSecretBox(keys.value),
    identityMemory: makeIdentityMemory(),
    sharedWork: platform.sharedWork,
    receivingSlots: platform.receivingSlots,
    pause: systemPause,
    notifications: makeNotificationReader(
      { keys: makeSigningKeys(isSandbox ? aws.endpoints.sns : null), clock, ids },
      {
        topicArns: config.snsTopicArns,
        allowSha1: config.snsAllowSha1,
        inboundStore: config.inboundStore,
      },
    ),
    topics: makeSnsTopicConfirmer(signedFetch, aws),
    dns: makeDohResolver(config.dohUrls),
    htmlToText,
    signer,
    unsubscribeTokens: makeUnsubscribeTokens(keys.value),
    sha256: webSha256,
    clock,
    ids,
    random: webRandomSource,
    callers: makeCallerCache(),
    bodyBudget: makeBodyBudget(platform.bodiesInFlightBytesMax, () => clock.now()),
  };
}

/** The ports on one database client. */
export function composePorts(
  config: Config,
  shared: Shared,
  installation: Installation,
  database: Database,
  background: Background,
): Ports {
  const { unpaced, ...ports } = shared;
  const mailProvider = makeProviderTurns(
    { ...ports, provider: unpaced.mailProvider, turns: makeTurnStore(database) },
    { callsPerSecond: config.sesCallsPerSecond },
  );
  return {
    ...ports,
    mailProvider,
    mailer: unpaced.mailer(associatingWithin(mailProvider, ports)),
    providerSuppressions: suppressingWithin(mailProvider, ports),
    tasks: makeTaskStore(database),
    workspaces: makeWorkspaceStore(database),
    apiKeys: makeApiKeyStore(database),
    idempotency: makeIdempotencyStore(database),
    setups: makeSetupStore(database),
    useCases: makeUseCaseStore(database),
    twilioSetups: makeTwilioSetupStore(database),
    phoneNumbers: makePhoneNumberStore(database),
    voiceWebhooks: makeVoiceWebhookStore(database),
    emails: makeEmailStore(database),
    events: makeEventStore(database),
    reputation: makeReputationStore(database),
    inbound: makeInboundStore(database),
    suppressions: makeSuppressionStore(database),
    isStorageReady: () => isMigrated(database),
    background,
    settings: {
      region: config.aws.region,
      publicUrl: config.publicUrl,
      setupSharing: config.setupSharing,
      dnsGraceSeconds: config.dnsGraceSeconds,
      pools: config.pools,
      tierPolicy: config.tierPolicy,
      installation: installation.id,
      operatorKeySha256: installation.operatorKeySha256,
      apiKeyMode: config.sandbox.mode === "off" ? "live" : "test",
    },
  };
}

/** What a send may wait for the turn to make a lost association again. */
const REPAIR_TURN_MS = 3000;

/** What a caller who adds or lifts a suppression waits at most for the call's turn. */
const SUPPRESSION_TURN_MS = 8000;

const suppressingWithin = (
  mailProvider: ProviderTurns,
  { clock }: Pick<Ports, "clock">,
): ProviderSuppressionList => {
  const inTurn = (): MailProvider => mailProvider.startingBy(clock.now() + SUPPRESSION_TURN_MS);
  return {
    put: (tenantName, address) => inTurn().suppress(tenantName, address),
    remove: (tenantName, address) => inTurn().unsuppress(tenantName, address),
  };
};

const associatingWithin = (
  mailProvider: ProviderTurns,
  { clock }: Pick<Ports, "clock">,
): Pick<MailProvider, "associate"> => ({
  associate: (...bond) => mailProvider.startingBy(clock.now() + REPAIR_TURN_MS).associate(...bond),
});

/**
 * Settles what the first start decides, or reads what it decided. Throws an Error with a sentence for the operator when
 * the database belongs to the other mode. `operatorKey` is the key to use if none was settled.
 */
export async function settleInstallation(
  config: Config,
  database: Database,
  operatorKey: string,
): Promise<Installation & { readonly isFirstStart: boolean }> {
  const store = makeInstallationStore(database);
  const mode = config.sandbox.mode === "off" ? "live" : "sandbox";
  const settled = await store.setOnce("mode", mode);
  if (settled !== mode)
    throw new Error(
      `The database belongs to a ${settled} installation and this start is ${mode}. Use another DATABASE_URL or DATA_DIR.`,
    );
  const id = await store.setOnce("installation", crypto.randomUUID());
  const digest = await webSha256.hex(operatorKey);
  if (config.operatorApiKey !== null) return { id, operatorKeySha256: digest, isFirstStart: false };
  const operatorKeySha256 = await store.setOnce("operator_key_sha256", digest);
  return { id, operatorKeySha256, isFirstStart: operatorKeySha256 === digest };
}

async function openFolder(
  { blobStore, publicUrl }: Config,
  signer: TokenSigner,
  platform: Platform,
): Promise<(BlobStore & FileDownloads) | null> {
  if (blobStore.kind === "s3") return null;
  if (platform.openFolder) return platform.openFolder(blobStore.path, publicUrl, signer);
  throw new Error("This runtime has no folders: set BLOB_STORE to s3://bucket/prefix.");
}

function openBucket({ blobStore, aws }: Config, signedFetch: SignedFetch, platform: Platform): BlobStore {
  assert(blobStore.kind === "s3", "contents lie in a folder");
  const { service } = blobStore;
  return service === null
    ? makeS3BlobStore(signedFetch, systemClock, { ...blobStore, endpoint: aws.endpoints.s3 })
    : makeS3BlobStore(makeSignedFetch(service, platform.wholeBody), systemClock, {
        ...blobStore,
        endpoint: service.endpoint,
      });
}
