// Everything the sandbox keeps, one type and one collection each. Times are epoch milliseconds here; each service writes
// them in its own way. Ids of documents that belong to another begin with the other's id and a bar, which no name holds.
import type { Store } from "./store.ts";

export type Tag = { readonly Key: string; readonly Value: string };
export type SuppressionReason = "BOUNCE" | "COMPLAINT";
export type SuppressionAttributes = {
  readonly SuppressedReasons: readonly SuppressionReason[];
  readonly SuppressionScope: "TENANT" | "ACCOUNT";
};
type SendingStatus = "ENABLED" | "DISABLED" | "REINSTATED";
export type StatusRecord = {
  readonly status: SendingStatus;
  readonly cause: string;
  readonly updatedAt: number;
};

export type TenantRecord = {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags: readonly Tag[];
  readonly suppression: SuppressionAttributes | null;
  readonly customerStatus: StatusRecord;
  readonly sesStatus: StatusRecord;
};

/** Id `{tenant}|{arn}`, label the ARN. */
export type AssociationRecord = {
  readonly tenantName: string;
  readonly resourceArn: string;
  readonly associatedAt: number;
};

export type VerificationWord = "PENDING" | "SUCCESS" | "FAILED" | "TEMPORARY_FAILURE" | "NOT_STARTED";
export type IdentityRecord = {
  readonly name: string;
  readonly kind: "DOMAIN" | "EMAIL_ADDRESS";
  readonly createdAt: number;
  readonly tags: readonly Tag[];
  readonly configurationSet: string | null;
  readonly feedbackForwarding: boolean;
  readonly dkimTokens: readonly string[];
  /** When SES began to look for the DKIM records, this time. */
  readonly dkimArmedAt: number;
  /** When they were last seen; null if never. */
  readonly dkimSeenAt: number | null;
  readonly mailFrom: {
    readonly domain: string;
    readonly onMxFailure: "USE_DEFAULT_VALUE" | "REJECT_MESSAGE";
    readonly armedAt: number;
  } | null;
  /** What the control path says, instead of what the zone says, until SES is told to look again. */
  readonly dkimOverride: VerificationWord | null;
  readonly mailFromOverride: VerificationWord | null;
};

export type ConfigurationSetRecord = {
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly deliveryOptions: Readonly<Record<string, unknown>>;
  readonly sendingEnabled: boolean;
  readonly suppression: {
    readonly SuppressedReasons?: readonly SuppressionReason[] | undefined;
    readonly SuppressionScope?: SuppressionAttributes["SuppressionScope"] | undefined;
  } | null;
  /** Option blocks that change nothing here, given back as they came. */
  readonly otherOptions: Readonly<Record<string, unknown>>;
};

/** Id `{configuration set}|{name}`. */
export type EventDestinationRecord = {
  readonly configurationSet: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly eventTypes: readonly string[];
  readonly topicArn: string;
};

export type PoolRecord = {
  readonly name: string;
  readonly scalingMode: string;
  readonly tags: readonly Tag[];
};

/** Id `{tenant or nothing}|{address}`. */
export type SuppressionRecord = {
  readonly address: string;
  readonly reason: SuppressionReason;
  readonly tenantName: string | null;
  readonly updatedAt: number;
};

/** How many recipients were sent to within one hour of the clock; id is the hour. */
export type SentHourRecord = { readonly hour: number; readonly recipients: number };

export type TopicRecord = { readonly arn: string; readonly attributes: Readonly<Record<string, string>> };
/** Label is the topic's ARN. */
export type SubscriptionRecord = {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: "http" | "https";
  readonly endpoint: string;
  /** The name by which the subscriber reached the sandbox: the links it is sent have the same. */
  readonly hostname: string;
  readonly token: string;
  readonly isConfirmed: boolean;
  readonly unsubscribeNeedsSignature: boolean;
};

/** A notification on its way to one endpoint. */
export type PendingDelivery = {
  readonly id: string;
  readonly type: "Notification" | "SubscriptionConfirmation";
  readonly messageId: string;
  readonly topicArn: string;
  readonly subscriptionArn: string;
  readonly endpoint: string;
  readonly hostname: string;
  readonly signatureVersion: "1" | "2";
  readonly timestamp: string;
  readonly subject: string | null;
  readonly message: string;
  readonly token: string | null;
  readonly attempts: number;
};

export type HeaderField = { readonly name: string; readonly value: string };
/** A message SES accepted, with what its events say about it. Blob `mail/{messageId}` holds the octets. */
export type SentMessageRecord = {
  readonly messageId: string;
  readonly acceptedAt: number;
  readonly source: string;
  readonly identity: string;
  readonly destination: readonly string[];
  readonly configurationSet: string | null;
  readonly tenantName: string | null;
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly headers: readonly HeaderField[];
  readonly subject: string;
  readonly sizeBytes: number;
};
/** What lies in one recipient's mailbox; label is the address in lower case. */
export type MailboxRecord = {
  readonly id: string;
  readonly messageId: string;
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly receivedAt: number;
};

export type ReceiptAction =
  | {
      readonly kind: "S3Action";
      readonly bucketName: string;
      readonly objectKeyPrefix: string;
      readonly topicArn: string | null;
    }
  | { readonly kind: "SNSAction"; readonly topicArn: string; readonly encoding: "UTF-8" | "Base64" }
  | { readonly kind: "StopAction"; readonly topicArn: string | null };
export type ReceiptRule = {
  readonly name: string;
  readonly enabled: boolean;
  readonly scanEnabled: boolean;
  readonly tlsPolicy: "Optional" | "Require";
  /** None is every verified domain. */
  readonly recipients: readonly string[];
  readonly actions: readonly ReceiptAction[];
};
/** With its rules in the order they are tried. */
export type ReceiptRuleSetRecord = {
  readonly name: string;
  readonly createdAt: number;
  readonly rules: readonly ReceiptRule[];
};
/** One document; it is there once receiving was set up, by the sandbox itself or by a call. */
export type ReceivingRecord = { readonly activeRuleSet: string | null };

/** Id `{bucket}/{key}`. */
export type ObjectRecord = {
  readonly bucket: string;
  readonly key: string;
  readonly blobKey: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly modifiedAt: number;
};

/** Id `{name}|{type}`. */
export type ZoneRecord = { readonly name: string; readonly type: string; readonly values: readonly string[] };

export type AccountRecord = {
  /** -1 is unlimited. */
  readonly max24HourSend: number;
  readonly maxSendRate: number;
  readonly sendingEnabled: boolean;
  readonly enforcementStatus: "HEALTHY" | "PROBATION" | "SHUTDOWN";
  readonly productionAccess: boolean;
};

export type TwilioAccountRecord = {
  readonly sid: string;
  /** Null until a token was set, or used for the first time. */
  readonly authToken: string | null;
  readonly friendlyName: string;
  readonly status: "active" | "suspended" | "closed";
  /** The most numbers on a page of its lists, whatever page size is asked for. */
  readonly pageSizeMax: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type CustomerProfileRecord = {
  readonly sid: string;
  /** Null until an account was named, or asked for it first. */
  readonly accountSid: string | null;
  readonly friendlyName: string;
  readonly status: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** In Twilio's own words, because they are taken and shown as they are. */
export type PhoneNumberSettings = {
  readonly friendly_name: string;
  readonly voice_url: string;
  readonly voice_method: "GET" | "POST";
  readonly status_callback: string;
  readonly status_callback_method: "GET" | "POST";
  readonly voice_application_sid: string | null;
  readonly trunk_sid: string | null;
};
/** Label is the account's sid. */
export type PhoneNumberRecord = {
  readonly sid: string;
  /** Null until an account was named, or asked for it first. */
  readonly accountSid: string | null;
  readonly phoneNumber: string;
  readonly settings: PhoneNumberSettings;
  /** Given back to Twilio: it is nobody's, and does not come into being again. */
  readonly isReleased: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type Records = ReturnType<typeof openRecords>;

export function openRecords(store: Store) {
  return {
    tenants: store.collection<TenantRecord>("tenant"),
    associations: store.collection<AssociationRecord>("association"),
    identities: store.collection<IdentityRecord>("identity"),
    configurationSets: store.collection<ConfigurationSetRecord>("configuration-set"),
    eventDestinations: store.collection<EventDestinationRecord>("event-destination"),
    pools: store.collection<PoolRecord>("pool"),
    suppressions: store.collection<SuppressionRecord>("suppression"),
    sentHours: store.collection<SentHourRecord>("sent-hour"),
    topics: store.collection<TopicRecord>("topic"),
    subscriptions: store.collection<SubscriptionRecord>("subscription"),
    deliveries: store.collection<PendingDelivery>("delivery"),
    sentMessages: store.collection<SentMessageRecord>("sent-message"),
    mailbox: store.collection<MailboxRecord>("mailbox"),
    receiptRuleSets: store.collection<ReceiptRuleSetRecord>("receipt-rule-set"),
    receiving: store.collection<ReceivingRecord>("receiving"),
    objects: store.collection<ObjectRecord>("object"),
    zone: store.collection<ZoneRecord>("zone"),
    account: store.collection<AccountRecord>("account"),
    twilioAccounts: store.collection<TwilioAccountRecord>("twilio-account"),
    customerProfiles: store.collection<CustomerProfileRecord>("customer-profile"),
    phoneNumbers: store.collection<PhoneNumberRecord>("phone-number"),
  };
}
