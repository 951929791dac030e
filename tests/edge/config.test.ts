// Settings as tables: what an environment comes to, and with which sentences one is refused.
import { describe, expect, test } from "bun:test";
import {
  type Config,
  type Environment,
  isOperatorKey,
  loadConfig,
  SANDBOX_TOPIC_ARN,
} from "../../edge/config.ts";
import { TIER_POLICY } from "../../core/reputation/read-tier-policy.ts";
import { SANDBOX_CREDENTIALS } from "../../edge/sandbox/endpoints.ts";

function configOf(environment: Environment): Config {
  const loaded = loadConfig(environment);
  if (!loaded.ok) throw new Error(loaded.error.join("\n"));
  return loaded.value;
}

const LIVE: Environment = {
  PUBLIC_URL: "https://api.example",
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
  SNS_TOPIC_ARNS: "arn:aws:sns:eu-central-1:123456789012:events",
};
const SIGNING_KEYS = `k1:${btoa("s".repeat(32))}`;
const REMOTE: Environment = { DATABASE_URL: "libsql://db.example", SIGNING_KEYS };

describe("on a desk, with nothing set", () => {
  test("everything has its usual value and the sandbox starts", () => {
    const sandbox = "http://127.0.0.1:8081";
    expect(configOf({})).toEqual({
      port: 8080,
      publicUrl: "http://127.0.0.1:8080",
      dataDir: "./data",
      database: { kind: "file", path: "./data/postrider.db" },
      blobStore: { kind: "folder", path: "./data/blobs" },
      inboundStore: { bucket: "postrider-inbound", prefix: "mail" },
      sandbox: { mode: "start", port: 8081 },
      aws: {
        region: "us-east-1",
        credentials: SANDBOX_CREDENTIALS,
        endpoints: { sesV2: sandbox, ses: `${sandbox}/ses/`, sns: `${sandbox}/sns/`, s3: `${sandbox}/s3` },
      },
      twilio: { api: `${sandbox}/twilio`, trustHub: `${sandbox}/twilio` },
      dohUrls: [`${sandbox}/dns-query`, `${sandbox}/dns-query/2`],
      snsTopicArns: [SANDBOX_TOPIC_ARN],
      snsAllowSha1: false,
      sesCallsPerSecond: 1,
      signingKeys: null,
      operatorApiKey: null,
      setupSharing: "workspace",
      dnsGraceSeconds: 3600,
      pools: "none",
      tierPolicy: TIER_POLICY,
    });
  });

  test("empty values count as unset", () => {
    const empty = [
      "PORT",
      "PUBLIC_URL",
      "SANDBOX",
      "SANDBOX_URL",
      "AWS_PROFILE",
      "DATABASE_URL",
      "DOH_URLS",
      "POOLS",
      "TIER_POLICY",
    ];
    expect(configOf(Object.fromEntries(empty.map((name) => [name, " "])))).toEqual(configOf({}));
  });
});

describe("the sandbox starts by itself only on a desk", () => {
  const start = { mode: "start", port: 8081 };
  const rows: [string, Environment, object][] = [
    ["a database file of one's own", { DATABASE_URL: "file:/data/my.db" }, start],
    ["PUBLIC_URL is 127.0.0.1", { PUBLIC_URL: "http://127.0.0.1:9000" }, start],
    ["PUBLIC_URL is localhost", { PUBLIC_URL: "http://localhost:9000/" }, start],
    ["PUBLIC_URL is ::1", { PUBLIC_URL: "http://[::1]:9000" }, start],
    ["variables that say nothing about the place", { AWS_PAGER: "cat", AWS_CA_BUNDLE: "/ca.pem" }, start],
    ["another port for it", { SANDBOX_PORT: "9001" }, { mode: "start", port: 9001 }],
    ["it is asked for, on a server's address", { SANDBOX: "true", PUBLIC_URL: "https://api.example" }, start],
    ["it is asked for, in a cloud", { SANDBOX: "true", KUBERNETES_SERVICE_HOST: "10.0.0.1" }, start],
    ["it is asked for, on a remote database", { SANDBOX: "true", ...REMOTE }, start],
    [
      "one that runs already",
      { SANDBOX_URL: "http://127.0.0.1:7000/" },
      { mode: "use", url: "http://127.0.0.1:7000" },
    ],
    [
      "one that runs already, on a remote database",
      { SANDBOX_URL: "http://127.0.0.1:7000", ...REMOTE },
      { mode: "use", url: "http://127.0.0.1:7000" },
    ],
    ["a live installation", LIVE, { mode: "off" }],
    ["it is not wanted", { ...LIVE, SANDBOX: "false" }, { mode: "off" }],
    [
      "it is not wanted though one runs",
      { ...LIVE, SANDBOX: "false", SANDBOX_URL: "http://127.0.0.1:1" },
      { mode: "off" },
    ],
  ];
  test.each(rows)("%s", (_name, environment, sandbox) => {
    expect(configOf(environment).sandbox).toEqual(sandbox as Config["sandbox"]);
  });

  const elsewhere: [string, Environment][] = [
    ["a remote database", { ...REMOTE }],
    ["PUBLIC_URL is another host", { PUBLIC_URL: "https://api.example" }],
    ["PUBLIC_URL begins like this machine", { PUBLIC_URL: "http://127.0.0.1.example" }],
    ["an AWS profile", { AWS_PROFILE: "clinic" }],
    ["AWS Lambda", { AWS_LAMBDA_FUNCTION_NAME: "f" }],
    ["Lambda's own", { LAMBDA_TASK_ROOT: "/var/task" }],
    ["ECS", { ECS_CONTAINER_METADATA_URI_V4: "http://169.254.170.2" }],
    ["Kubernetes", { KUBERNETES_SERVICE_HOST: "10.0.0.1" }],
  ];
  test.each(elsewhere)("elsewhere missing credentials stop the start: %s", (_name, environment) => {
    const loaded = loadConfig(environment);
    expect(loaded.ok ? [] : loaded.error).toContain(
      "AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set; to try Postrider without AWS set SANDBOX=true.",
    );
  });
});

describe("a live installation", () => {
  test("speaks to AWS in its region, to both hosts of Twilio and to two public resolvers", () => {
    const { aws, twilio, dohUrls, snsTopicArns } = configOf({ ...LIVE, AWS_SESSION_TOKEN: "token" });
    expect(aws).toEqual({
      region: "eu-central-1",
      credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" },
      endpoints: {
        sesV2: "https://email.eu-central-1.amazonaws.com",
        ses: "https://email.eu-central-1.amazonaws.com",
        sns: "https://sns.eu-central-1.amazonaws.com",
        s3: "https://s3.eu-central-1.amazonaws.com",
      },
    });
    expect(twilio).toEqual({ api: "https://api.twilio.com", trustHub: "https://trusthub.twilio.com" });
    expect(dohUrls).toHaveLength(2);
    expect(dohUrls.every((url) => url.startsWith("https://"))).toBe(true);
    expect(snsTopicArns).toEqual(["arn:aws:sns:eu-central-1:123456789012:events"]);
  });

  test("takes other endpoints and lists", () => {
    const arns = "arn:aws:sns:eu-central-1:123456789012:a, arn:aws-cn:sns:cn-north-1:123456789012:b ,";
    const config = configOf({
      ...LIVE,
      AWS_ENDPOINT_URL_S3: "https://account.r2.cloudflarestorage.com/",
      TWILIO_ENDPOINT_URL: "https://twilio.example/",
      DOH_URLS: "https://one.example/dns-query,https://two.example/resolve",
      SNS_TOPIC_ARNS: arns,
      SNS_ALLOW_SHA1: "true",
      POOLS: "managed",
      SETUP_SHARING: "platform",
      DNS_GRACE_SECONDS: "0",
      TIER_POLICY: '{"day": "2s"}',
    });
    expect(config.tierPolicy).toMatchObject({ day: 2000, growth: { window: 14_000 } });
    expect(config.aws.endpoints.s3).toBe("https://account.r2.cloudflarestorage.com");
    expect(config.twilio).toEqual({ api: "https://twilio.example", trustHub: "https://twilio.example" });
    expect(config.dohUrls).toEqual(["https://one.example/dns-query", "https://two.example/resolve"]);
    expect(config.snsTopicArns).toHaveLength(2);
    expect(config).toMatchObject({
      snsAllowSha1: true,
      pools: "managed",
      setupSharing: "platform",
      dnsGraceSeconds: 0,
    });
  });

  test("keeps its state where it is told", () => {
    expect(
      configOf({ ...LIVE, ...REMOTE, DATABASE_AUTH_TOKEN: "jwt", BLOB_STORE: "s3://bucket/some/prefix/" }),
    ).toMatchObject({
      database: { kind: "remote", url: "libsql://db.example", authToken: "jwt" },
      blobStore: { kind: "s3", bucket: "bucket", prefix: "some/prefix", service: null },
      signingKeys: SIGNING_KEYS,
    });
    expect(configOf({ ...LIVE, BLOB_STORE: "s3://bucket" }).blobStore).toEqual({
      kind: "s3",
      bucket: "bucket",
      prefix: "",
      service: null,
    });
    // Another service's bucket of the same name is another bucket.
    const elsewhere = {
      BLOB_STORE: "s3://bucket",
      INBOUND_STORE: "s3://bucket",
      BLOB_STORE_ENDPOINT_URL: "https://acme.r2.cloudflarestorage.com/",
      BLOB_STORE_ACCESS_KEY_ID: "A",
      BLOB_STORE_SECRET_ACCESS_KEY: "s",
    };
    const service = {
      endpoint: "https://acme.r2.cloudflarestorage.com",
      region: "auto",
      credentials: { accessKeyId: "A", secretAccessKey: "s" },
    };
    expect(configOf({ ...LIVE, ...elsewhere }).blobStore).toMatchObject({ bucket: "bucket", service });
    expect(configOf({ ...LIVE, ...elsewhere, BLOB_STORE_REGION: "us-east-1" }).blobStore).toMatchObject({
      service: { ...service, region: "us-east-1" },
    });
    expect(configOf({ ...LIVE, BLOB_STORE: "file:/mnt/blobs" }).blobStore).toEqual({
      kind: "folder",
      path: "/mnt/blobs",
    });
    expect(configOf(LIVE).inboundStore).toBeNull();
    expect(configOf({ ...LIVE, INBOUND_STORE: "s3://acme.inbound/in/eu/" }).inboundStore).toEqual({
      bucket: "acme.inbound",
      prefix: "in/eu",
    });
    // Names that begin alike are apart.
    for (const BLOB_STORE of ["s3://bucket/mail-kept", "s3://bucket/ma", "s3://other/mail"])
      expect(configOf({ ...LIVE, INBOUND_STORE: "s3://bucket/mail", BLOB_STORE }).inboundStore).toEqual({
        bucket: "bucket",
        prefix: "mail",
      });
    expect(configOf({ ...LIVE, DATA_DIR: "/srv" })).toMatchObject({
      database: { kind: "file", path: "/srv/postrider.db" },
      blobStore: { kind: "folder", path: "/srv/blobs" },
    });
  });
});

describe("is refused with a sentence that names the setting", () => {
  const rows: [string, Environment, string][] = [
    [
      "live by http",
      { ...LIVE, PUBLIC_URL: "http://api.example" },
      "PUBLIC_URL must be the https address this program is reached at (only the sandbox may use http).",
    ],
    [
      "PUBLIC_URL is no URL",
      { PUBLIC_URL: "api.example" },
      "PUBLIC_URL must be an http or https URL without user, query or fragment.",
    ],
    [
      "PUBLIC_URL has another scheme",
      { PUBLIC_URL: "ftp://127.0.0.1" },
      "PUBLIC_URL must be an http or https URL without user, query or fragment.",
    ],
    [
      "PUBLIC_URL has a query",
      { PUBLIC_URL: "http://127.0.0.1/?a" },
      "PUBLIC_URL must be an http or https URL without user, query or fragment.",
    ],
    [
      "PUBLIC_URL has a user",
      { PUBLIC_URL: "http://me@127.0.0.1" },
      "PUBLIC_URL must be an http or https URL without user, query or fragment.",
    ],
    [
      "a region that is none",
      { ...LIVE, AWS_REGION: "Frankfurt" },
      'AWS_REGION "Frankfurt" is not a region name.',
    ],
    [
      "no topic",
      { ...LIVE, SNS_TOPIC_ARNS: "," },
      "SNS_TOPIC_ARNS must name the SNS topics whose notifications are accepted.",
    ],
    [
      "a topic's name alone",
      { ...LIVE, SNS_TOPIC_ARNS: "events" },
      "SNS_TOPIC_ARNS must be ARNs of SNS topics, separated by commas.",
    ],
    [
      "an endpoint that is no URL",
      { ...LIVE, AWS_ENDPOINT_URL_S3: "r2" },
      "AWS_ENDPOINT_URL_S3 must be an http or https URL without user, query or fragment.",
    ],
    [
      "a Twilio endpoint by http",
      { ...LIVE, TWILIO_ENDPOINT_URL: "http://twilio.example" },
      "TWILIO_ENDPOINT_URL must be an https address: every call carries an account's token.",
    ],
    [
      "a resolver that is no URL",
      { ...LIVE, DOH_URLS: "https://one.example/dns-query,1.1.1.1" },
      "DOH_URLS must be an http or https URL without user, query or fragment.",
    ],
    [
      "a resolver by http",
      { ...LIVE, DOH_URLS: "http://one.example/" },
      'DOH_URLS must be https addresses: anyone on the way could answer for "http://one.example/".',
    ],
    [
      "a remote database without keys",
      { ...LIVE, DATABASE_URL: "libsql://db.example" },
      "SIGNING_KEYS must be set when DATABASE_URL is remote: every instance has to sign with the same keys.",
    ],
    [
      "arriving mail in a folder",
      { INBOUND_STORE: "file:/var/mail" },
      'INBOUND_STORE must be s3://bucket/prefix, where SES lays arriving mail; it is "file:/var/mail".',
    ],
    [
      "arriving mail out of its bucket",
      { INBOUND_STORE: "s3://bucket/../other" },
      'INBOUND_STORE must be s3://bucket/prefix, where SES lays arriving mail; it is "s3://bucket/../other".',
    ],
    ...[
      ["s3://bucket", "s3://bucket"],
      ["s3://bucket/mail", "s3://bucket"],
      ["s3://bucket", "s3://bucket/mail"],
      ["s3://bucket/mail/", "s3://bucket/mail/kept"],
    ].map(([INBOUND_STORE = "", BLOB_STORE = ""]): [string, Environment, string] => [
      `mail in ${INBOUND_STORE}, contents in ${BLOB_STORE}`,
      { INBOUND_STORE, BLOB_STORE },
      "INBOUND_STORE and BLOB_STORE must not lie within each other: contents would be taken for arriving mail.",
    ]),
    [
      "another kind of database",
      { DATABASE_URL: "mysql://db.example" },
      "DATABASE_URL must be file:/path or the libsql:, https: or http: URL of a server.",
    ],
    [
      "a database file without a name",
      { DATABASE_URL: "file:" },
      "DATABASE_URL must be file:/path or the libsql:, https: or http: URL of a server.",
    ],
    ...["BLOB_STORE_ENDPOINT_URL", "BLOB_STORE_ACCESS_KEY_ID", "BLOB_STORE_SECRET_ACCESS_KEY"].map(
      (name): [string, Environment, string] => [
        `${name} alone`,
        { BLOB_STORE: "s3://bucket", [name]: "https://minio.example" },
        "BLOB_STORE_ENDPOINT_URL, BLOB_STORE_ACCESS_KEY_ID and BLOB_STORE_SECRET_ACCESS_KEY must be set together, or none of them.",
      ],
    ),
    [
      "another kind of blob store",
      { BLOB_STORE: "gs://bucket" },
      'BLOB_STORE must be file:/path or s3://bucket/prefix; it is "gs://bucket".',
    ],
    [
      "a bucket's name in capitals",
      { BLOB_STORE: "s3://Bucket" },
      'BLOB_STORE must be file:/path or s3://bucket/prefix; it is "s3://Bucket".',
    ],
    [
      "a folder without a name",
      { BLOB_STORE: "file:" },
      'BLOB_STORE must be file:/path or s3://bucket/prefix; it is "file:".',
    ],
    ["PORT is no number", { PORT: "http" }, 'PORT must be a whole number from 1 to 65535; it is "http".'],
    ["PORT is too large", { PORT: "65536" }, 'PORT must be a whole number from 1 to 65535; it is "65536".'],
    [
      "PORT that the address could not name",
      { PORT: "0" },
      'PORT must be a whole number from 1 to 65535; it is "0".',
    ],
    ["PORT is negative", { PORT: "-1" }, 'PORT must be a whole number from 1 to 65535; it is "-1".'],
    ["PORT is a fraction", { PORT: "80.5" }, 'PORT must be a whole number from 1 to 65535; it is "80.5".'],
    [
      "SANDBOX_PORT is no number",
      { SANDBOX_PORT: "8081x" },
      'SANDBOX_PORT must be a whole number from 1 to 65535; it is "8081x".',
    ],
    [
      "a grace without end",
      { DNS_GRACE_SECONDS: "2592001" },
      'DNS_GRACE_SECONDS must be a whole number from 0 to 2592000; it is "2592001".',
    ],
    ["SANDBOX is neither", { SANDBOX: "yes" }, 'SANDBOX must be true or false; it is "yes".'],
    [
      "SNS_ALLOW_SHA1 is neither",
      { SNS_ALLOW_SHA1: "1" },
      'SNS_ALLOW_SHA1 must be true or false; it is "1".',
    ],
    [
      "a sandbox on another machine",
      { SANDBOX_URL: "http://10.0.0.7:8081" },
      "SANDBOX_URL must be an address on this machine (127.0.0.1).",
    ],
    [
      "a short operator key",
      { OPERATOR_API_KEY: "x".repeat(31) },
      "OPERATOR_API_KEY must be at least 32 printable ASCII characters without spaces.",
    ],
    [
      "an operator key with a space",
      { OPERATOR_API_KEY: `${"x".repeat(32)} y` },
      "OPERATOR_API_KEY must be at least 32 printable ASCII characters without spaces.",
    ],
    [
      "another sharing",
      { SETUP_SHARING: "all" },
      'SETUP_SHARING must be one of workspace, platform; it is "all".',
    ],
    ["other pools", { POOLS: "many" }, 'POOLS must be one of managed, none; it is "many".'],
    ["no JSON", { TIER_POLICY: "{day: 2s}" }, "TIER_POLICY: it must be an object of members to replace."],
    [
      "a tier below the one under it",
      { TIER_POLICY: '{"standard": {"capacity": 100}}' },
      "TIER_POLICY: standard.capacity must not be less than the last of onboarding.capacities.",
    ],
  ];
  test.each(rows)("%s", (_name, environment, sentence) => {
    const loaded = loadConfig(environment);
    expect(loaded.ok ? [] : loaded.error).toEqual([sentence]);
  });

  test("every fault is told at once", () => {
    const loaded = loadConfig({ PORT: "0", SANDBOX: "false", DATABASE_URL: "libsql://db.example" });
    expect(loaded.ok ? [] : loaded.error.map((sentence) => sentence.split(" ")[0])).toEqual([
      "PORT",
      "PUBLIC_URL",
      "AWS_REGION,",
      "SIGNING_KEYS",
      "SNS_TOPIC_ARNS",
    ]);
  });
});

test("an operator key is 32 printable characters or more", () => {
  expect(isOperatorKey("x".repeat(31))).toBe(false);
  expect(isOperatorKey("x".repeat(32))).toBe(true);
  expect(isOperatorKey(`${"x".repeat(32)}ü`)).toBe(false);
  expect(isOperatorKey("!~".repeat(16))).toBe(true);
});
