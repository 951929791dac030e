// What every call to one of the sandbox's AWS services goes through: the signature is checked, the faults that were
// asked for are made, and the call is recorded, whatever became of it.
import { AwsError, type ErrorDialect, injectedError, signatureError } from "./aws-error.ts";
import type { FailRule, FaultyService } from "./faults.ts";
import type { RequestBody } from "./request-body.ts";
import type { Sandbox } from "./sandbox.ts";
import { checkSignature } from "./sigv4.ts";

/** A call that is never answered is closed after this; every caller's own budget is shorter. */
const HANG_MS_MAX = 90_000;

export type ProviderCall = {
  readonly service: FaultyService;
  readonly operation: string;
  readonly dialect: ErrorDialect;
  readonly request: Request;
  /** Null when it was larger than the service takes. */
  readonly body: RequestBody | null;
  /** SNS lets anyone who holds the link confirm a subscription by GET. */
  readonly isUnsigned?: boolean;
  readonly toResponse: (error: AwsError) => Response;
};

/** Runs `take`, the call's effect, between the faults before and after it; answers and records the call. */
export async function answerCall(
  sandbox: Sandbox,
  call: ProviderCall,
  take: (body: RequestBody) => Response | Promise<Response>,
): Promise<Response> {
  const startedAt = sandbox.clock();
  const record = (status: number | "timeout"): void =>
    sandbox.calls.add({
      service: call.service,
      operation: call.operation,
      status,
      startedAt,
      durationMs: sandbox.clock() - startedAt,
    });
  const answer = (response: Response): Response => {
    record(response.status);
    return response;
  };
  const fail = async (rule: FailRule): Promise<Response> => {
    if (rule.status !== "timeout") {
      return answer(call.toResponse(injectedError(rule.status, call.dialect, rule.error, rule.message)));
    }
    record("timeout");
    await untilAborted(call.request.signal);
    return new Response(null, { status: 504 });
  };
  try {
    const body = assertSigned(sandbox, call);
    await pause(sandbox.faults.latencyMs(call.service));
    if (call.service === "ses" && !sandbox.faults.admits(call.operation, sandbox.clock())) {
      throw new AwsError(429, "TooManyRequestsException", "Rate exceeded");
    }
    const rule = sandbox.faults.takeFailure(call.service, call.operation);
    if (rule !== null && !rule.after_accept) return await fail(rule);
    const response = await take(body);
    return rule === null ? answer(response) : await fail(rule);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return answer(call.toResponse(error));
  }
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

/** Waits; no time at all does not even leave the turn. */
export const pause = async (ms: number): Promise<void> => {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
};

/** Ends when the caller goes away, or after so long that it must have. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, HANG_MS_MAX);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
