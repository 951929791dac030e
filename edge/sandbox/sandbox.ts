// What every part of one running sandbox shares. Made once in `start.ts`; the parts are functions over it.
import type { BoundedLog } from "./bounded-log.ts";
import type { Faults } from "./faults.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Records } from "./records.ts";
import type { DeliveryQueue, PostedDelivery } from "./sns/delivery-queue.ts";
import type { SigningKey } from "./sns/signing-key.ts";
import type { Store } from "./store.ts";

export type RecordedCall = {
  readonly service: "ses" | "sns" | "s3" | "twilio" | "dns";
  readonly operation: string;
  readonly status: number | "timeout";
  readonly startedAt: number;
  readonly durationMs: number;
};

export type Sandbox = {
  /** Its own, on 127.0.0.1. */
  readonly port: number;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Like the clock, but never the same twice: two opens in one millisecond are two events. */
  readonly uniqueTime: () => number;
  readonly store: Store;
  readonly records: Records;
  readonly faults: Faults;
  readonly calls: BoundedLog<RecordedCall>;
  /** Made when first needed, kept in the store. */
  readonly signingKey: () => Promise<SigningKey>;
  readonly deliveries: DeliveryQueue;
  readonly postedDeliveries: BoundedLog<PostedDelivery>;
  readonly mailbox: Mailbox;
  /** Takes this many recipients out of the send rate; false when it is used up. */
  readonly takeSendRate: (recipients: number, perSecond: number) => boolean;
};
