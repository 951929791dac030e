// What every call to one of the sandbox's AWS services goes through: the signature is checked, the faults that were
// asked for are made, and the call is recorded, whatever became of it.
import { AwsError, type ErrorDialect, injectedError, signatureError } from "./aws-error.ts";
import { answerRecorded } from "./recorded-call.ts";
import type { RequestBody } from "./request-body.ts";
import type { Sandbox } from "./sandbox.ts";
import { checkSignature } from "./sigv4.ts";

export type ProviderCall = {
  readonly service: "ses" | "sns" | "s3";
  readonly operation: string;
  readonly dialect: ErrorDialect;
  readonly request: Request;
  /** Null when it was larger than the service takes. */
  readonly body: RequestBody | null;
  /** SNS lets anyone who holds the link confirm a subscription by GET. */
  readonly isUnsigned?: boolean;
  readonly toResponse: (error: AwsError) => Response;
};

const isRefusal = (error: unknown): error is AwsError => error instanceof AwsError;
const throttledIn = (dialect: ErrorDialect): AwsError =>
  dialect === "query"
    ? new AwsError(400, "Throttling", "Rate exceeded")
    : new AwsError(429, "TooManyRequestsException", "Rate exceeded");

/** Runs `take`, the call's effect, between the faults before and after it; answers and records the call. */
export function answerCall(
  sandbox: Sandbox,
  call: ProviderCall,
  take: (body: RequestBody) => Response | Promise<Response>,
): Promise<Response> {
  const { service, operation, request, dialect, toResponse } = call;
  const injected = (status: number, code?: string, message?: string): AwsError =>
    injectedError(status, dialect, code, message);
  const throttled = (): AwsError => throttledIn(dialect);
  const refusals = { isRefusal, throttled, injected, toResponse };
  const admit = (): RequestBody => assertSigned(sandbox, call);
  return answerRecorded(sandbox, { service, operation, request, admit, refusals }, take);
}

function assertSigned(sandbox: Sandbox, call: ProviderCall): RequestBody {
  const { body, request } = call;
  if (body === null)
    throw new AwsError(413, "RequestEntityTooLarge", "The body is larger than this service takes.");
  if (call.isUnsigned === true) return body;
  const refusal = checkSignature({
    method: request.method,
    url: request.url,
    headers: request.headers,
    service: call.service,
    bodySha256: body.sha256,
    now: sandbox.clock(),
  });
  if (refusal !== null) throw signatureError(refusal, call.dialect);
  return body;
}
