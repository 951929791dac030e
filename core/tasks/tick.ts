// A bounded share of the background work: what is due, a few at a time, so that one that hangs or fails holds up no other.
// Called by the runtime's own cron or timer, on as many instances as there are; the claims keep them apart.
import type { Id } from "../ids.ts";
import type { IdempotencyStore } from "../ports/idempotency-store.ts";
import type { ProviderTurns } from "../ports/provider-turns.ts";
import type { TaskEnd } from "./carry-out.ts";
import { runTask, type RunTaskPorts } from "./run-task.ts";
import { LEASE_MS, type Task, type TaskKind } from "./task.ts";

/** A tick's share. What is left over waits for the next one. */
export const TASKS_MAX = 20;
const TICK_MS = 20_000;
const TASKS_AT_ONCE = 4;
/** Each holds a whole mail, and an isolate has room for few: never two of them. */
const ONE_AT_A_TIME: ReadonlySet<TaskKind> = new Set(["receive_inbound", "reconcile_inbound"]);
/** A quick statement; a tick every ten seconds forgets four million keys a day. */
const EXPIRED_KEYS_MAX = 500;

export type TickPorts = RunTaskPorts & { readonly idempotency: Pick<IdempotencyStore, "purgeExpired"> };

export type TickedTask = { readonly kind: TaskKind; readonly subjectId: Id; readonly end: TaskEnd };

/** `at`: work as if it were so late; null: now. Answers what was done. */
export async function tick(
  givenPorts: TickPorts,
  { at }: { readonly at: number | null },
): Promise<readonly TickedTask[]> {
  const startedAt = givenPorts.clock.now();
  const ports = at === null || at <= startedAt ? givenPorts : laterBy(givenPorts, at - startedAt);
  const ticked: TickedTask[] = [];
  while (ticked.length < TASKS_MAX && givenPorts.clock.now() - startedAt < TICK_MS) {
    const atOnce = Math.min(TASKS_AT_ONCE, TASKS_MAX - ticked.length);
    const claimed = await ports.tasks.claimDue(atOnce, LEASE_MS, at);
    if (claimed.length === 0) break;
    ticked.push(...(await runAll(ports, claimed)));
  }
  await ports.idempotency.purgeExpired(ports.clock.now(), EXPIRED_KEYS_MAX);
  return ticked;
}

/** Side by side, but those that hold a whole mail one after the other. */
function runAll(ports: TickPorts, claimed: readonly Task[]): Promise<readonly TickedTask[]> {
  let heavy: Promise<unknown> = Promise.resolve();
  const inTurn = (task: Task): Promise<TaskEnd> => {
    const end = heavy.then(() => runTask(ports, task));
    heavy = end;
    return end;
  };
  return Promise.all(
    claimed.map(async (task) => ({
      kind: task.kind,
      subjectId: task.subjectId,
      end: await (ONE_AT_A_TIME.has(task.kind) ? inTurn(task) : runTask(ports, task)),
    })),
  );
}

/** The ports, with a clock that is ahead; whoever waits for a turn waits by the clock on the wall. */
function laterBy(ports: TickPorts, aheadMs: number): TickPorts {
  const mailProvider: ProviderTurns = {
    startingBy: (at, options) => ports.mailProvider.startingBy(at - aheadMs, options),
  };
  return { ...ports, mailProvider, clock: { now: () => ports.clock.now() + aheadMs } };
}
