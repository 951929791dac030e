// What every call to a provider that the sandbox plays goes through, whoever the provider is: the caller is let in, the
// faults that were asked for are made, and the call is recorded, whatever became of it.
import type { FailRule, FaultyService } from "./faults.ts";
import type { Sandbox } from "./sandbox.ts";

/** A call that is never answered is closed after this; every caller's own budget is shorter. */
const HANG_MS_MAX = 90_000;

/** How a provider refuses: in its own words, and in those that a fault asks for. */
export type Refusals<Refusal extends Error> = {
  readonly isRefusal: (error: unknown) => error is Refusal;
  readonly throttled: () => Refusal;
  readonly injected: (status: number, code?: string, message?: string) => Refusal;
  readonly toResponse: (error: Refusal) => Response;
};

export type RecordedRequest<Admitted, Refusal extends Error> = {
  readonly service: FaultyService;
  readonly operation: string;
  readonly request: Request;
  /** What the call's effect needs; throws the refusal of a caller who may not make it. */
  readonly admit: () => Admitted;
  readonly refusals: Refusals<Refusal>;
};

/** Runs `take`, the call's effect, between the faults before and after it; answers and records the call. */
export async function answerRecorded<Admitted, Refusal extends Error>(
  sandbox: Sandbox,
  { service, operation, request, admit, refusals }: RecordedRequest<Admitted, Refusal>,
  take: (admitted: Admitted) => Response | Promise<Response>,
): Promise<Response> {
  const startedAt = sandbox.clock();
  const record = (status: number | "timeout"): void =>
    sandbox.calls.add({
      service,
      operation,
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
      return answer(refusals.toResponse(refusals.injected(rule.status, rule.error, rule.message)));
    }
    record("timeout");
    await untilAborted(request.signal);
    return new Response(null, { status: 504 });
  };
  try {
    const admitted = admit();
    await pause(sandbox.faults.latencyMs(service));
    if (!sandbox.faults.admits(service, operation, sandbox.clock())) throw refusals.throttled();
    const rule = sandbox.faults.takeFailure(service, operation);
    if (rule !== null && !rule.after_accept) return await fail(rule);
    const response = await take(admitted);
    return rule === null ? answer(response) : await fail(rule);
  } catch (error) {
    if (!refusals.isRefusal(error)) throw error;
    return answer(refusals.toResponse(error));
  }
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
