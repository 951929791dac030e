// Posts what waits in the store to the subscribed endpoints, again and again until they answer, as SNS does: 2xx is
// delivered; 5xx, 429, a time-out or no connection is tried again; any other answer is final. SNS: "Amazon SNS message
// delivery retries". Waiting deliveries survive a restart. Nothing here keeps an order, and SNS does not either.
import type { BoundedLog } from "../bounded-log.ts";
import type { Faults } from "../faults.ts";
import type { PendingDelivery } from "../records.ts";
import type { Collection } from "../store.ts";
import { signedEnvelope } from "./envelope.ts";
import type { SigningKey } from "./signing-key.ts";

/** SNS: an endpoint has 15 seconds to answer. */
const ANSWER_MS_MAX = 15_000;
/** Fifty tries from 0.2 s to 5 s are some four minutes: a product killed and started again gets its events. */
const TRIES_MAX = 50;
const BACKOFF_MS_MIN = 200;
const BACKOFF_MS_MAX = 5_000;
/** Enough to keep one product busy, few enough not to drown it. */
const IN_FLIGHT_MAX = 32;
/** What is published while this many wait is lost, and the log says so. */
const PENDING_MAX = 100_000;
/** How long notifications are held together before they go out in reverse, when reordering is asked for. */
const REORDER_WINDOW_MS = 250;

export type PostedDelivery = {
  readonly postedAt: number;
  readonly endpoint: string;
  readonly topicArn: string;
  readonly type: PendingDelivery["type"];
  readonly messageId: string;
  readonly attempt: number;
  /** The endpoint's status, or why there was none: `dropped` was never posted, `overflow` neither. */
  readonly outcome: number | "no_answer" | "dropped" | "overflow";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type DeliveryQueue = {
  /** Stores it (within the caller's transaction, if there is one) and posts it soon, with the faults asked for. */
  add(delivery: PendingDelivery): void;
  /** Waiting, held back or in flight. */
  pendingCount(): number;
  /** Resolves when nothing is pending; at once if nothing is. */
  settled(): Promise<void>;
  /** Nothing is posted any more; what waits stays in the store. Resolves when nothing is in flight. */
  stop(): Promise<void>;
};

export type DeliveryQueueInput = {
  readonly pending: Collection<PendingDelivery>;
  readonly faults: Faults;
  readonly log: BoundedLog<PostedDelivery>;
  readonly signingKey: () => Promise<SigningKey>;
  /** The sandbox's own, for the links in what is posted. */
  readonly port: number;
  readonly clock: () => number;
};

export function makeDeliveryQueue(input: DeliveryQueueInput): DeliveryQueue {
  const { pending, faults, log } = input;
  const ready = new Set<string>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const known = new Set<string>();
  const posting = new Set<Promise<void>>();
  const stopping = new AbortController();
  let held: string[] = [];
  let waiters: (() => void)[] = [];

  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };
  const makeReady = (id: string): void => {
    ready.add(id);
    pump();
  };
  const pump = (): void => {
    for (const id of ready) {
      if (stopping.signal.aborted || posting.size >= IN_FLIGHT_MAX) return;
      ready.delete(id);
      track(post(id));
    }
  };
  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => {
      posting.delete(tracked);
      pump();
    });
    posting.add(tracked);
  };
  const post = async (id: string): Promise<void> => {
    const delivery = pending.get(id);
    if (delivery === null) return finish(id);
    const posted = await postOnce(input, delivery, stopping.signal);
    if (stopping.signal.aborted && posted.outcome === "no_answer") return;
    log.add(posted);
    if (!isWorthAnotherTry(posted.outcome) || posted.attempt >= TRIES_MAX) {
      pending.delete(id);
      return finish(id);
    }
    pending.put(id, { ...delivery, attempts: posted.attempt });
    later(Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** (posted.attempt - 1)), () => makeReady(id));
  };
  const finish = (id: string): void => {
    known.delete(id);
    if (known.size > 0) return;
    for (const wake of waiters) wake();
    waiters = [];
  };
  const hold = (id: string): void => {
    held.push(id);
    if (held.length > 1) return;
    later(REORDER_WINDOW_MS, () => {
      const batch = held.toReversed();
      held = [];
      track(postInTurn(batch));
    });
  };
  // One after the other, so that they arrive in the order that was meant.
  const postInTurn = async (batch: readonly string[]): Promise<void> => {
    for (const one of batch) if (!stopping.signal.aborted) await post(one);
  };
  const schedule = (id: string): void => {
    const { delay_ms: delayMs = 0, reorder = false } = faults.settings().sns ?? {};
    const go = (): void => (reorder ? hold(id) : makeReady(id));
    // Never within the caller's turn: what it stored may still be rolled back.
    later(delayMs, go);
  };

  for (const id of pending.ids()) {
    known.add(id);
    schedule(id);
  }
  return {
    add(delivery) {
      const isNotification = delivery.type === "Notification";
      if (known.size >= PENDING_MAX) return log.add(notPosted(delivery, "overflow", input.clock()));
      if (isNotification && faults.takeDrop()) return log.add(notPosted(delivery, "dropped", input.clock()));
      for (let copy = 0; copy <= (isNotification ? extraCopies(faults) : 0); copy += 1) {
        const id = `${delivery.id}|${copy}`;
        pending.put(id, { ...delivery, id });
        known.add(id);
        schedule(id);
      }
    },
    pendingCount: () => known.size,
    settled: () => (known.size === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    async stop() {
      stopping.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.allSettled(posting);
    },
  };
}

const extraCopies = (faults: Faults): number => Number(faults.settings().sns?.duplicate ?? 0);

const isWorthAnotherTry = (outcome: PostedDelivery["outcome"]): boolean =>
  outcome === "no_answer" || outcome === 429 || (typeof outcome === "number" && outcome >= 500);

const notPosted = (
  delivery: PendingDelivery,
  outcome: "dropped" | "overflow",
  now: number,
): PostedDelivery => ({
  postedAt: now,
  endpoint: delivery.endpoint,
  topicArn: delivery.topicArn,
  type: delivery.type,
  messageId: delivery.messageId,
  attempt: 0,
  outcome,
  headers: {},
  body: delivery.message,
});

async function postOnce(
  input: DeliveryQueueInput,
  delivery: PendingDelivery,
  stopping: AbortSignal,
): Promise<PostedDelivery> {
  const origin = `http://${delivery.hostname}:${input.port}`;
  const body = JSON.stringify(await signedEnvelope(await input.signingKey(), origin, delivery));
  const headers: Record<string, string> = {
    "content-type": "text/plain; charset=UTF-8",
    "user-agent": "Amazon Simple Notification Service Agent",
    "x-amz-sns-message-type": delivery.type,
    "x-amz-sns-message-id": delivery.messageId,
    "x-amz-sns-topic-arn": delivery.topicArn,
    ...(delivery.type === "Notification" ? { "x-amz-sns-subscription-arn": delivery.subscriptionArn } : {}),
  };
  const postedAt = input.clock();
  return {
    postedAt,
    endpoint: delivery.endpoint,
    topicArn: delivery.topicArn,
    type: delivery.type,
    messageId: delivery.messageId,
    attempt: delivery.attempts + 1,
    outcome: await statusOf(delivery.endpoint, headers, body, stopping),
    headers,
    body,
  };
}

async function statusOf(
  endpoint: string,
  headers: Record<string, string>,
  body: string,
  stopping: AbortSignal,
): Promise<number | "no_answer"> {
  try {
    const response = await fetch(endpoint, {
      method: "POST",
      headers,
      body,
      redirect: "manual", // A redirect could lead off this machine.
      signal: AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return "no_answer";
  }
}
