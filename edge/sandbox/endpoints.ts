// Where the sandbox's services are found once its address is known, and the one pair of credentials it accepts. This is
// all the product needs to know to be pointed at it; it imports nothing, so that no sandbox code comes along.

/** The sandbox plays one region of one account. */
export const SANDBOX_REGION = "us-east-1";
export const SANDBOX_ACCOUNT_ID = "000000000000";

/** Where SES publishes, unless the product is told another topic: it is there from the start. */
export const SANDBOX_TOPIC_NAME = "postrider-events";
/** Where the receipt rule that is there from the start lays arriving mail. */
export const SANDBOX_INBOUND = { bucket: "postrider-inbound", prefix: "mail" } as const;

/** Well known and worthless: whoever can reach the sandbox is on this machine already. */
export const SANDBOX_CREDENTIALS = {
  accessKeyId: "AKIASANDBOX000000000",
  secretAccessKey: "sandbox-secret-access-key",
} as const;

export type SandboxEndpoints = {
  readonly sesV2: string;
  readonly ses: string;
  readonly sns: string;
  readonly s3: string;
  /** Of the 2010 API and of TrustHub alike: their paths differ. */
  readonly twilio: string;
  /** Two resolvers, because "missing" needs both to say so. */
  readonly dohUrls: readonly [string, string];
};

/** Base addresses for `AWS_ENDPOINT_URL_*`, `TWILIO_ENDPOINT_URL` and `DOH_URLS`; S3 is path-style: `{s3}/{bucket}/{key}`. */
export function sandboxEndpoints(sandboxUrl: string): SandboxEndpoints {
  const url = sandboxUrl.replace(/\/+$/, "");
  return {
    sesV2: url,
    ses: `${url}/ses/`,
    sns: `${url}/sns/`,
    s3: `${url}/s3`,
    twilio: `${url}/twilio`,
    dohUrls: [`${url}/dns-query`, `${url}/dns-query/2`],
  };
}
