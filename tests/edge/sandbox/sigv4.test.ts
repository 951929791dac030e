// The sandbox signs again what it received: any difference to what was signed, and any wrong claim, is refused in the
// words of each service.
import { describe, expect, test } from "bun:test";
import { AwsV4Signer } from "aws4fetch";

import { SANDBOX_CREDENTIALS } from "../../../edge/sandbox/endpoints.ts";
import { startSandbox } from "../../support/sandbox.ts";

const sandbox = await startSandbox();

type Signing = Partial<ConstructorParameters<typeof AwsV4Signer>[0]>;
const signed = async (path: string, signing: Signing): Promise<Request> => {
  const signer = new AwsV4Signer({
    url: `${sandbox.url}${path}`,
    ...SANDBOX_CREDENTIALS,
    region: "us-east-1",
    ...signing,
  });
  const { url, method, headers, body } = await signer.sign();
  return new Request(url, { method, headers, body: body ?? null });
};
const basicDate = (offsetMinutes: number): string =>
  new Date(Date.now() + offsetMinutes * 60_000).toISOString().replace(/[:-]|\.\d{3}/g, "");

const ACCOUNT = "/v2/email/account";
const LIST = { service: "ses", method: "POST", body: '{"PageSize":3}' } as const;

describe("SES", () => {
  const rows: [name: string, path: string, signing: Signing, status: number, type: string | null][] = [
    ["a good signature", ACCOUNT, { service: "ses" }, 200, null],
    ["a body", "/v2/email/tenants/list", LIST, 200, null],
    [
      "an encoded ARN in the path",
      "/v2/email/identities/a%2Fb%40c",
      { service: "ses" },
      400,
      "BadRequestException",
    ],
    [
      "a query",
      "/v2/email/tags?ResourceArn=arn%3Aaws%3Ax&b=%20+",
      { service: "ses" },
      404,
      "NotFoundException",
    ],
    ["a clock 4 minutes off", ACCOUNT, { service: "ses", datetime: basicDate(-4) }, 200, null],
    [
      "an unknown key",
      ACCOUNT,
      { service: "ses", accessKeyId: "AKIAOTHER" },
      403,
      "UnrecognizedClientException",
    ],
    ["a wrong secret", ACCOUNT, { service: "ses", secretAccessKey: "x" }, 403, "InvalidSignatureException"],
    ["a wrong service", ACCOUNT, { service: "email" }, 403, "InvalidSignatureException"],
    ["a wrong region", ACCOUNT, { service: "ses", region: "eu-west-1" }, 403, "InvalidSignatureException"],
    [
      "a clock 6 minutes behind",
      ACCOUNT,
      { service: "ses", datetime: basicDate(-6) },
      403,
      "InvalidSignatureException",
    ],
    [
      "a clock 6 minutes ahead",
      ACCOUNT,
      { service: "ses", datetime: basicDate(6) },
      403,
      "InvalidSignatureException",
    ],
  ];
  test.each(rows)("%s", async (_, path, signing, status, type) => {
    const response = await fetch(await signed(path, signing));
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([status, type]);
  });

  test("no signature at all, with the message under a capital M", async () => {
    const response = await fetch(`${sandbox.url}${ACCOUNT}`);
    expect(response.status).toBe(403);
    expect(response.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
    expect(await response.json()).toEqual({ Message: "Request is missing Authentication Token" });
  });

  test("another body, path, query or header than was signed", async () => {
    const request = await signed("/v2/email/tenants/list", LIST);
    const { headers } = request;
    const post = (url: string, body: string, more: Record<string, string> = {}) =>
      fetch(url, { method: "POST", headers: { ...Object.fromEntries(headers), ...more }, body });
    const statuses = await Promise.all([
      post(request.url, '{"PageSize":4}'),
      post(`${sandbox.url}/v2/email/tenants/get`, LIST.body),
      post(`${request.url}?a=b`, LIST.body),
      post(request.url, LIST.body, { "x-amz-target": "unsigned" }),
      post(request.url, LIST.body),
    ]);
    expect(statuses.map((response) => response.status)).toEqual([403, 403, 403, 403, 200]);
  });

  test("a stated payload hash must be the body's", async () => {
    const headers = { "x-amz-content-sha256": "0".repeat(64) };
    const response = await fetch(await signed("/v2/email/tenants/list", { ...LIST, headers }));
    expect(response.status).toBe(403);
  });

  test("UNSIGNED-PAYLOAD is for S3 alone", async () => {
    const headers = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    const ses = await fetch(await signed("/v2/email/tenants/list", { ...LIST, headers }));
    const s3 = await fetch(await signed("/s3/b/k", { service: "s3", method: "PUT", body: "x", headers }));
    expect([ses.status, s3.status]).toEqual([403, 200]);
  });
});

test("Query services answer XML errors without the suffix", async () => {
  const signing = { service: "sns", method: "POST", body: "Action=Publish", secretAccessKey: "x" };
  const response = await fetch(await signed("/sns/", signing));
  expect(response.status).toBe(403);
  expect(await response.text()).toContain("<Type>Sender</Type><Code>SignatureDoesNotMatch</Code>");
});

describe("S3", () => {
  const get = { service: "s3" } as const;
  const rows: [name: string, signing: Signing, status: number, code: string][] = [
    ["a wrong secret", { ...get, secretAccessKey: "x" }, 403, "SignatureDoesNotMatch"],
    ["an unknown key", { ...get, accessKeyId: "AKIAOTHER" }, 403, "InvalidAccessKeyId"],
    ["a wrong region", { ...get, region: "eu-west-1" }, 400, "AuthorizationHeaderMalformed"],
    ["a clock 16 minutes off", { ...get, datetime: basicDate(-16) }, 403, "RequestTimeTooSkewed"],
    ["a clock 14 minutes off", { ...get, datetime: basicDate(-14) }, 404, "NoSuchKey"],
    [
      "another body than was hashed",
      { ...get, method: "PUT", body: "x", headers: { "x-amz-content-sha256": "0".repeat(64) } },
      400,
      "XAmzContentSHA256Mismatch",
    ],
  ];
  test.each(rows)("%s", async (_, signing, status, code) => {
    const response = await fetch(await signed("/s3/bucket/none", signing));
    expect([response.status, await response.text()]).toEqual([
      status,
      expect.stringContaining(`<Code>${code}<`),
    ]);
  });

  test("nobody reads without a signature", async () => {
    const response = await fetch(`${sandbox.url}/s3/bucket/none`);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("<Code>AccessDenied</Code>");
  });
});
