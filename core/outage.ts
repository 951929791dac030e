// An outage: something outside could not answer. Adapters throw OutageError where no operation branches on it;
// the edge answers 502, 503 or 504 from its members. Messages here are ours: never an upstream body or an address.

/** `inbound`: the bucket that the provider lays arriving mail into. */
export type OutageService = "storage" | "blobs" | "inbound" | "ses" | "sns" | "dns" | "twilio";

export type Outage = {
  readonly service: OutageService;
  /** `timed_out`: no answer in time. `unavailable`: refused, lost or a server error. `busy`: our own limit. */
  readonly cause: "timed_out" | "unavailable" | "busy";
  /** How long the caller should wait before trying again, in seconds; null when unknown. */
  readonly retryAfterSeconds: number | null;
};

export class OutageError extends Error {
  override readonly name = "OutageError";
  readonly outage: Outage;
  constructor(outage: Outage, detail: string, options?: { cause?: unknown }) {
    super(detail, options);
    this.outage = outage;
  }
}
