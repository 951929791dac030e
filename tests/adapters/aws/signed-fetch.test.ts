import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type AwsRequest, makeSignedFetch } from "../../../adapters/aws/signed-fetch.ts";
import { streamedBody } from "../../../adapters/system/known-length-body.ts";
import { SANDBOX_CREDENTIALS, SANDBOX_REGION } from "../../../edge/sandbox/endpoints.ts";
import { checkSignature, type SigningService } from "../../../edge/sandbox/sigv4.ts";
import { startStubServer, type StubRequest } from "../../support/stub-server.ts";

const sha256 = (octets: Uint8Array): string => createHash("sha256").update(octets).digest("hex");
const signedFetch = makeSignedFetch({ region: SANDBOX_REGION, credentials: SANDBOX_CREDENTIALS });
const server = startStubServer(() => new Response("done"));
const BOUNDS = { timeoutMs: 5000, answerBytesMax: 1000 };

/** Signed again from what arrived, by the sandbox's own code, which does not know aws4fetch. */
const refusalOf = (request: StubRequest | undefined, service: SigningService): string | null => {
  if (!request) return "nothing arrived";
  const { method, target, headers, body } = request;
  const url = `${server.url}${target}`;
  return (
    checkSignature({ method, url, headers, service, bodySha256: sha256(body), now: Date.now() })?.detail ??
    null
  );
};

describe("signed fetch", () => {
  const text = `{"Data":"é"}`;
  const octets = new Uint8Array(300_000).fill(7);
  const rows: readonly (readonly [
    string,
    Omit<AwsRequest, "url" | "timeoutMs" | "answerBytesMax">,
    string,
  ])[] = [
    [
      "SES, JSON",
      { service: "ses", method: "POST", body: text, contentType: "application/json" },
      "/v2/email/tenants",
    ],
    [
      "SES, an ARN in the path",
      { service: "ses", method: "GET" },
      "/x/arn%3Aaws%3Ases%3A%2Ft%2Ftn-1/customer%40x",
    ],
    ["SES, a repeated query key", { service: "ses", method: "GET" }, "/y?Reason=B&Reason=A&TenantName=a%2Bb"],
    ["SES, DELETE without body", { service: "ses", method: "DELETE" }, "/v2/email/identities/example.org"],
    ["SNS, a form", { service: "sns", method: "POST", body: "Action=A&Token=%2B+x" }, "/sns/"],
    [
      "S3, octets",
      { service: "s3", method: "PUT", body: octets, contentType: "text/html; charset=utf-8" },
      "/b/k/a",
    ],
    ["S3, a hard key", { service: "s3", method: "GET" }, "/b/%21%27%28%29%2A/%2B%20%25"],
  ];
  test.each(rows)("%s: the signature holds for what arrives", async (_, request, path) => {
    const answer = await signedFetch.send({ ...request, ...BOUNDS, url: `${server.url}${path}` });
    expect(answer.ok && new TextDecoder().decode(answer.value.body)).toBe("done");
    const arrived = server.requests.at(-1);
    expect(refusalOf(arrived, request.service)).toBeNull();
    expect(arrived?.target).toBe(path);
    if (request.contentType) expect(arrived?.headers.get("content-type")).toBe(request.contentType);
  });

  test("a body rendered as it is sent is signed by the hash given with it", async () => {
    const body = { sha256Hex: sha256(octets), init: streamedBody([octets], octets.length) };
    await signedFetch.send({ service: "ses", method: "POST", url: `${server.url}/large`, body, ...BOUNDS });
    const arrived = server.requests.at(-1);
    expect(refusalOf(arrived, "ses")).toBeNull();
    expect(arrived?.headers.get("content-length")).toBe(String(octets.length));
  });

  test("the sandbox's check does find a changed body", async () => {
    await signedFetch.send({ service: "ses", method: "POST", url: server.url, body: "a", ...BOUNDS });
    const arrived = server.requests.at(-1);
    expect(arrived && refusalOf({ ...arrived, body: new TextEncoder().encode("b") }, "ses")).not.toBeNull();
  });

  test("a failed request is made once", async () => {
    const failing = startStubServer(() => new Response("no", { status: 503 }));
    const answer = await signedFetch.send({
      service: "ses",
      method: "POST",
      url: failing.url,
      body: "a",
      ...BOUNDS,
    });
    expect(answer.ok && answer.value.status).toBe(503);
    expect(failing.requests).toHaveLength(1);
  });
});

describe("presigned URLs", () => {
  test("hold for S3, with every space as %20", async () => {
    const disposition = `attachment; filename="a b+c.pdf"; filename*=UTF-8''a%20b%2Bc.pdf`;
    const query = new URLSearchParams({ "response-content-disposition": disposition });
    const signed = await signedFetch.presign({
      service: "s3",
      url: `${server.url}/b/k?${query}`,
      expiresSeconds: 300,
    });
    expect(signed).not.toContain("+");
    const url = new URL(signed);
    expect(url.searchParams.get("response-content-disposition")).toBe(disposition);
    expect(url.searchParams.get("X-Amz-Expires")).toBe("300");
    await fetch(signed);
    expect(refusalOf(server.requests.at(-1), "s3")).toBeNull();
    await fetch(signed.replace("a%2520b", "evil"));
    expect(refusalOf(server.requests.at(-1), "s3")).not.toBeNull();
  });

  test("carry the session's token", async () => {
    const credentials = { ...SANDBOX_CREDENTIALS, sessionToken: "token/+=" };
    const session = makeSignedFetch({ region: SANDBOX_REGION, credentials });
    const url = new URL(
      await session.presign({ service: "s3", url: `${server.url}/b/k`, expiresSeconds: 60 }),
    );
    expect(url.searchParams.get("X-Amz-Security-Token")).toBe("token/+=");
  });
});
