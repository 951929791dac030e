// The settings, read from the environment once and checked whole before anything starts. A contradiction stops the
// start with a sentence that names the variable. What each one means is in the README's table.
import { SETUP_SHARINGS, type SetupSharing } from "../core/setup/ses-setup.ts";
import { readTierPolicy, TIER_POLICY } from "../core/reputation/read-tier-policy.ts";
import type { TierPolicy } from "../core/reputation/tier-policy.ts";
import { err, ok, type Result } from "../core/result.ts";
import {
  SANDBOX_ACCOUNT_ID,
  SANDBOX_CREDENTIALS,
  SANDBOX_INBOUND,
  SANDBOX_REGION,
  SANDBOX_TOPIC_NAME,
  sandboxEndpoints,
} from "./sandbox/endpoints.ts";
import { POOL_MODES, type PoolMode } from "../core/use-case/sending-pool.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type AwsConfig = {
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly endpoints: {
    readonly sesV2: string;
    readonly ses: string;
    readonly sns: string;
    readonly s3: string;
  };
};

/** Another service than the AWS account's that speaks the protocol of S3. */
export type S3Service = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** The prefix without slashes at its ends, empty for none. */
export type S3Place = { readonly bucket: string; readonly prefix: string };

export type SandboxConfig =
  | { readonly mode: "off" }
  | { readonly mode: "start"; readonly port: number }
  | { readonly mode: "use"; readonly url: string };

export type Config = {
  readonly port: number;
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly database:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "remote"; readonly url: string; readonly authToken: string | null };
  readonly blobStore:
    | { readonly kind: "folder"; readonly path: string }
    /** `service` null: the AWS account's own. */
    | ({ readonly kind: "s3"; readonly service: S3Service | null } & S3Place);
  /** Where SES lays arriving mail; null: each notification says where. */
  readonly inboundStore: S3Place | null;
  readonly sandbox: SandboxConfig;
  readonly aws: AwsConfig;
  /** Where Twilio answers, without a slash at the end. */
  readonly twilio: { readonly api: string; readonly trustHub: string };
  readonly dohUrls: readonly string[];
  readonly snsTopicArns: readonly string[];
  readonly snsAllowSha1: boolean;
  /** `id:base64secret,...`, the first one signs; null: made at the first start and kept in DATA_DIR. */
  readonly signingKeys: string | null;
  /** Null: made at the first start and printed once. */
  readonly operatorApiKey: string | null;
  readonly setupSharing: SetupSharing;
  readonly dnsGraceSeconds: number;
  readonly pools: PoolMode;
  readonly tierPolicy: TierPolicy;
  /** Everything but sends. */
  readonly sesCallsPerSecond: number;
};

export const SANDBOX_TOPIC_ARN = `arn:aws:sns:${SANDBOX_REGION}:${SANDBOX_ACCOUNT_ID}:${SANDBOX_TOPIC_NAME}`;
const SANDBOX_PORT_DEFAULT = 8081;
const PORT_DEFAULT = 8080;
/** R2's. */
const S3_SERVICE_REGION_DEFAULT = "auto";
const DNS_GRACE_SECONDS_DEFAULT = 3600;
/** A month: longer than any grace that still means something. */
const DNS_GRACE_SECONDS_MAX = 30 * 24 * 3600;
/** What SES allows an account; a faster stand-in may allow more. */
const SES_CALLS_PER_SECOND_DEFAULT = 1;
const SES_CALLS_PER_SECOND_MAX = 1000;
/** Long enough that it cannot be guessed, whoever chose it. */
const OPERATOR_KEY_CHARACTERS_MIN = 32;
const TWILIO_DEFAULT = { api: "https://api.twilio.com", trustHub: "https://trusthub.twilio.com" };
const DOH_URLS_DEFAULT = ["https://cloudflare-dns.com/dns-query", "https://dns.google/resolve"];

/**
 * Variables that say "this is no one's desk": the sandbox never starts by itself where one of them is set. Two that only
 * tell tools on a desk how to behave (behind a company's proxy, or with a pager) say nothing of the kind.
 */
const CLOUD_VARIABLES = [/^AWS_(?!CA_BUNDLE$|PAGER$)/, /^ECS_/, /^LAMBDA_/, /^KUBERNETES_/];

const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]{1,256}$/;

const LOOPBACK_HOSTS = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Reads the environment. Refuses with every fault found, one sentence each. Empty values count as unset. */
export function loadConfig(environment: Environment): Result<Config, readonly string[]> {
  const faults: string[] = [];
  const setting = (name: string): string | null => environment[name]?.trim() || null;
  const fault = (sentence: string): void => void faults.push(sentence);

  const port = integer("PORT", setting("PORT"), PORT_DEFAULT, 1, 65_535, fault);
  const dataDir = setting("DATA_DIR") ?? "./data";
  const database = readDatabase(setting, dataDir, fault);
  const publicUrl = readUrl("PUBLIC_URL", setting("PUBLIC_URL"), fault) ?? `http://127.0.0.1:${port}`;
  const isDesk = database.kind === "file" && isLoopback(publicUrl) && !isInCloud(environment, setting);
  const sandbox = readSandbox(setting, isDesk, fault);
  const live = sandbox.mode === "off";

  if (live && !publicUrl.startsWith("https://"))
    fault("PUBLIC_URL must be the https address this program is reached at (only the sandbox may use http).");

  const aws = sandbox.mode === "off" ? readAws(setting, fault) : sandboxAws(sandbox);
  const blobStore = readBlobStore(setting, dataDir, fault);
  const inboundStore = readInboundStore(setting("INBOUND_STORE"), live, fault);
  if (
    blobStore.kind === "s3" &&
    blobStore.service === null &&
    inboundStore &&
    (isIn(blobStore, inboundStore) || isIn(inboundStore, blobStore))
  )
    fault(
      "INBOUND_STORE and BLOB_STORE must not lie within each other: contents would be taken for arriving mail.",
    );
  const operatorApiKey = setting("OPERATOR_API_KEY");
  if (operatorApiKey && !isOperatorKey(operatorApiKey))
    fault(
      `OPERATOR_API_KEY must be at least ${OPERATOR_KEY_CHARACTERS_MIN} printable ASCII characters without spaces.`,
    );
  const signingKeys = setting("SIGNING_KEYS");
  if (database.kind === "remote" && !signingKeys)
    fault(
      "SIGNING_KEYS must be set when DATABASE_URL is remote: every instance has to sign with the same keys.",
    );
  const snsTopicArns = list(setting("SNS_TOPIC_ARNS")) ?? (live ? [] : [SANDBOX_TOPIC_ARN]);
  if (live && snsTopicArns.length === 0)
    fault("SNS_TOPIC_ARNS must name the SNS topics whose notifications are accepted.");
  if (!snsTopicArns.every((arn) => TOPIC_ARN.test(arn)))
    fault("SNS_TOPIC_ARNS must be ARNs of SNS topics, separated by commas.");
  const setupSharing = oneOf("SETUP_SHARING", setting("SETUP_SHARING"), SETUP_SHARINGS, "workspace", fault);
  const pools = oneOf("POOLS", setting("POOLS"), POOL_MODES, "none", fault);
  const dohUrls =
    list(setting("DOH_URLS")) ?? (live ? DOH_URLS_DEFAULT : sandboxEndpoints(sandboxUrl(sandbox)).dohUrls);
  for (const url of dohUrls)
    if (readUrl("DOH_URLS", url, fault)?.startsWith("http://") && live)
      fault(`DOH_URLS must be https addresses: anyone on the way could answer for "${url}".`);

  const config: Config = {
    port,
    publicUrl,
    dataDir,
    database,
    blobStore,
    inboundStore,
    sandbox,
    aws,
    twilio: sandbox.mode === "off" ? readTwilio(setting, fault) : sandboxTwilio(sandbox),
    dohUrls,
    snsTopicArns,
    snsAllowSha1: readSwitch("SNS_ALLOW_SHA1", setting("SNS_ALLOW_SHA1"), fault) ?? false,
    signingKeys,
    operatorApiKey,
    setupSharing,
    pools,
    tierPolicy: readTiers(setting("TIER_POLICY"), fault),
    sesCallsPerSecond: integer(
      "SES_CALLS_PER_SECOND",
      setting("SES_CALLS_PER_SECOND"),
      SES_CALLS_PER_SECOND_DEFAULT,
      1,
      SES_CALLS_PER_SECOND_MAX,
      fault,
    ),
    dnsGraceSeconds: integer(
      "DNS_GRACE_SECONDS",
      setting("DNS_GRACE_SECONDS"),
      DNS_GRACE_SECONDS_DEFAULT,
      0,
      DNS_GRACE_SECONDS_MAX,
      fault,
    ),
  };
  return faults.length > 0 ? err(faults) : ok(config);
}

/** Where the sandbox answers, once it runs at the port it was given. */
export function sandboxUrl(sandbox: Exclude<SandboxConfig, { mode: "off" }>): string {
  return sandbox.mode === "use" ? sandbox.url : `http://127.0.0.1:${sandbox.port}`;
}

export const isOperatorKey = (text: string): boolean =>
  text.length >= OPERATOR_KEY_CHARACTERS_MIN && /^[\x21-\x7e]+$/.test(text);

/** The table itself, or with members replaced. */
function readTiers(text: string | null, fault: Fault): TierPolicy {
  const policy = readTierPolicy(text === null ? {} : parseJson(text));
  if (policy.ok) return policy.value;
  policy.error.forEach(fault);
  return TIER_POLICY;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

type Setting = (name: string) => string | null;
type Fault = (sentence: string) => void;

function readDatabase(setting: Setting, dataDir: string, fault: Fault): Config["database"] {
  const url = setting("DATABASE_URL") ?? `file:${dataDir}/postrider.db`;
  if (/^(libsql|https?):\/\/./.test(url))
    return { kind: "remote", url, authToken: setting("DATABASE_AUTH_TOKEN") };
  // Not repeated: it may hold a token.
  if (!/^file:./.test(url))
    fault("DATABASE_URL must be file:/path or the libsql:, https: or http: URL of a server.");
  return { kind: "file", path: url.slice("file:".length) };
}

function readBlobStore(setting: Setting, dataDir: string, fault: Fault): Config["blobStore"] {
  const text = setting("BLOB_STORE");
  const service = readS3Service(setting, fault);
  if (text === null) return { kind: "folder", path: `${dataDir}/blobs` };
  if (/^file:./.test(text)) return { kind: "folder", path: text.slice("file:".length) };
  const place = readS3Place(text);
  if (place !== null) return { kind: "s3", ...place, service };
  fault(`BLOB_STORE must be file:/path or s3://bucket/prefix; it is "${text}".`);
  return { kind: "folder", path: "" };
}

/** SES lays mail into S3 alone; contents may lie where traffic costs less, which has keys of its own. */
function readS3Service(setting: Setting, fault: Fault): S3Service | null {
  const endpoint = readUrl("BLOB_STORE_ENDPOINT_URL", setting("BLOB_STORE_ENDPOINT_URL"), fault);
  const accessKeyId = setting("BLOB_STORE_ACCESS_KEY_ID");
  const secretAccessKey = setting("BLOB_STORE_SECRET_ACCESS_KEY");
  if (endpoint && accessKeyId && secretAccessKey)
    return {
      endpoint: endpoint.replace(/\/+$/, ""),
      region: setting("BLOB_STORE_REGION") ?? S3_SERVICE_REGION_DEFAULT,
      credentials: { accessKeyId, secretAccessKey },
    };
  if (endpoint || accessKeyId || secretAccessKey)
    fault(
      "BLOB_STORE_ENDPOINT_URL, BLOB_STORE_ACCESS_KEY_ID and BLOB_STORE_SECRET_ACCESS_KEY must be set together, or none of them.",
    );
  return null;
}

function readInboundStore(text: string | null, live: boolean, fault: Fault): Config["inboundStore"] {
  if (text === null) return live ? null : SANDBOX_INBOUND;
  const place = readS3Place(text);
  if (place === null)
    fault(`INBOUND_STORE must be s3://bucket/prefix, where SES lays arriving mail; it is "${text}".`);
  return place;
}

/** `s3://bucket/prefix`; a segment of dots would lead out of the bucket. */
function readS3Place(text: string): S3Place | null {
  const [, bucket, path = ""] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9/_.-]*))?$/.exec(text) ?? [];
  const segments = path.split("/").filter((segment) => segment !== "");
  if (bucket === undefined || segments.some((segment) => /^\.\.?$/.test(segment))) return null;
  return { bucket, prefix: segments.join("/") };
}

/** Arriving mail is whatever lies there: what a stranger had us keep must not become SES's word. */
const isIn = (place: S3Place, other: S3Place): boolean =>
  place.bucket === other.bucket && (other.prefix === "" || `${place.prefix}/`.startsWith(`${other.prefix}/`));

const isInCloud = (environment: Environment, setting: Setting): boolean =>
  Object.keys(environment).some(
    (name) => CLOUD_VARIABLES.some((pattern) => pattern.test(name)) && setting(name) !== null,
  );

/** `isDesk`: nothing says that this is more than a program somebody tries on their own machine. */
function readSandbox(setting: Setting, isDesk: boolean, fault: Fault): SandboxConfig {
  const wanted = readSwitch("SANDBOX", setting("SANDBOX"), fault);
  if (wanted === false) return { mode: "off" };
  const url = readUrl("SANDBOX_URL", setting("SANDBOX_URL"), fault);
  if (url) {
    if (!isLoopback(url)) fault("SANDBOX_URL must be an address on this machine (127.0.0.1).");
    return { mode: "use", url };
  }
  if (wanted !== true && !isDesk) return { mode: "off" };
  const port = integer("SANDBOX_PORT", setting("SANDBOX_PORT"), SANDBOX_PORT_DEFAULT, 1, 65_535, fault);
  return { mode: "start", port };
}

function sandboxAws(sandbox: Exclude<SandboxConfig, { mode: "off" }>): AwsConfig {
  const { dohUrls: _dns, twilio: _voice, ...endpoints } = sandboxEndpoints(sandboxUrl(sandbox));
  return { region: SANDBOX_REGION, credentials: SANDBOX_CREDENTIALS, endpoints };
}

function sandboxTwilio(sandbox: Exclude<SandboxConfig, { mode: "off" }>): Config["twilio"] {
  const { twilio } = sandboxEndpoints(sandboxUrl(sandbox));
  return { api: twilio, trustHub: twilio };
}

/** One address stands in for both hosts. */
function readTwilio(setting: Setting, fault: Fault): Config["twilio"] {
  const url = readUrl("TWILIO_ENDPOINT_URL", setting("TWILIO_ENDPOINT_URL"), fault);
  if (url === null) return TWILIO_DEFAULT;
  if (!url.startsWith("https://"))
    fault("TWILIO_ENDPOINT_URL must be an https address: every call carries an account's token.");
  return { api: url, trustHub: url };
}

function readAws(setting: Setting, fault: Fault): AwsConfig {
  const region = setting("AWS_REGION");
  const accessKeyId = setting("AWS_ACCESS_KEY_ID");
  const secretAccessKey = setting("AWS_SECRET_ACCESS_KEY");
  if (!region || !accessKeyId || !secretAccessKey)
    fault(
      "AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set; to try Postrider without AWS set SANDBOX=true.",
    );
  if (region && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    fault(`AWS_REGION "${region}" is not a region name.`);
  const sessionToken = setting("AWS_SESSION_TOKEN");
  const endpoint = (name: string, usual: string): string =>
    readUrl(name, setting(name), fault)?.replace(/\/+$/, "") ?? usual;
  return {
    region: region ?? "",
    credentials: {
      accessKeyId: accessKeyId ?? "",
      secretAccessKey: secretAccessKey ?? "",
      ...(sessionToken ? { sessionToken } : {}),
    },
    endpoints: {
      sesV2: endpoint("AWS_ENDPOINT_URL_SESV2", `https://email.${region}.amazonaws.com`),
      ses: endpoint("AWS_ENDPOINT_URL_SES", `https://email.${region}.amazonaws.com`),
      sns: endpoint("AWS_ENDPOINT_URL_SNS", `https://sns.${region}.amazonaws.com`),
      s3: endpoint("AWS_ENDPOINT_URL_S3", `https://s3.${region}.amazonaws.com`),
    },
  };
}

/** Null when it is not set. */
function readSwitch(name: string, text: string | null, fault: Fault): boolean | null {
  if (text === "true" || text === "false") return text === "true";
  if (text !== null) fault(`${name} must be true or false; it is "${text}".`);
  return null;
}

function readUrl(name: string, text: string | null, fault: Fault): string | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    !url.username &&
    !url.search &&
    !url.hash
  )
    return text.replace(/\/+$/, "");
  fault(`${name} must be an http or https URL without user, query or fragment.`);
  return null;
}

const isLoopback = (url: string): boolean => LOOPBACK_HOSTS.has(new URL(url).hostname);

/** Null when it names nothing. */
function list(text: string | null): readonly string[] | null {
  const items = text?.split(",").flatMap((item) => item.trim() || []) ?? [];
  return items.length > 0 ? items : null;
}

function integer(
  name: string,
  text: string | null,
  usual: number,
  min: number,
  max: number,
  fault: Fault,
): number {
  if (text === null) return usual;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  fault(`${name} must be a whole number from ${min} to ${max}; it is "${text}".`);
  return usual;
}

function oneOf<Value extends string>(
  name: string,
  text: string | null,
  known: readonly Value[],
  usual: Value,
  fault: Fault,
): Value {
  const value = known.find((candidate) => candidate === (text ?? usual));
  if (value === undefined) fault(`${name} must be one of ${known.join(", ")}; it is "${text}".`);
  return value ?? usual;
}
