// Paces the calls to SES: all but sends are limited to one a second for the whole account, and the database's
// line of turns (libsql/turn-store.ts) is what all instances share. Here a caller waits for its turn, or hears that it
// would come too late.
import type { Clock } from "../../core/ports/clock.ts";
import type { MailProvider, ProviderFault } from "../../core/ports/mail-provider.ts";
import type { Pause } from "../../core/ports/pause.ts";
import type { ProviderTurns } from "../../core/ports/provider-turns.ts";
import { err, type Result } from "../../core/result.ts";
import { makeDatabaseClock } from "./database-clock.ts";

/**
 * More than a second lies between two turns: what delays one call and not the next (a busy process, the way to SES)
 * must not bring two into one second.
 */
const GAP_FACTOR = 1.2;
/** Who wakes up this much too late takes another turn, or the next one's call would come too soon after. */
const LATE_FACTOR = 0.15;
/** Below this a late call tells nothing: timers are no better. */
const LATE_MS_MIN = 50;
/** A process that is always late has to go ahead at some point. */
const LATE_TURNS_MAX = 3;
/** Others may use the account as well: a throttled call was not made, and may have another turn. */
const THROTTLED_TRIES_MAX = 3;

export type TurnPorts = {
  readonly provider: MailProvider;
  /** See libsql/turn-store.ts. */
  readonly turns: {
    take(
      calls: number,
      waitMsMax: number,
      gapMs: number,
    ): Promise<{ readonly waitMs: number; readonly takenAt: number } | null>;
  };
  readonly clock: Clock;
  readonly pause: Pause;
};

const CALLS: Readonly<Record<keyof MailProvider, true>> = {
  createTenant: true,
  getTenant: true,
  deleteTenant: true,
  listPausedTenants: true,
  createIdentity: true,
  getIdentity: true,
  setMailFrom: true,
  restartDkim: true,
  disableFeedbackForwarding: true,
  deleteIdentity: true,
  associate: true,
  dissociate: true,
  createConfigurationSet: true,
  getConfigurationSet: true,
  setSendingPool: true,
  createEventDestination: true,
  deleteConfigurationSet: true,
  suppress: true,
  unsuppress: true,
  getSendQuota: true,
};

type Call = (...args: unknown[]) => Promise<Result<unknown, ProviderFault>>;

export function makeProviderTurns(
  { provider, turns, clock, pause }: TurnPorts,
  { callsPerSecond }: { readonly callsPerSecond: number },
): ProviderTurns {
  const gapMs = Math.ceil((1000 / callsPerSecond) * GAP_FACTOR);
  const lateMsMax = Math.max(LATE_MS_MIN, gapMs * LATE_FACTOR);
  const databaseClock = makeDatabaseClock();

  return {
    startingBy(at, { calls = 1, answerMs } = {}) {
      let wanted = calls;
      /** When our turns come, by our clock. */
      let ours: number[] = [];

      const nextTurn = async (): Promise<number | null> => {
        ours = ours.filter((time) => clock.now() <= time + lateMsMax);
        if (ours.length === 0) {
          const askedAt = clock.now();
          const taken = await turns.take(wanted, at - askedAt, gapMs);
          if (taken === null) return null;
          const { takenAt: theirs, waitMs } = taken;
          const takenAt = databaseClock.readAt({ askedAt, answeredAt: clock.now(), theirs });
          ours = Array.from({ length: wanted }, (_, index) => takenAt + waitMs + index * gapMs);
          wanted = 1;
        }
        return ours.shift() ?? null;
      };

      /** Resolves when it is our turn; false: it would come too late. */
      const turnComes = async (): Promise<boolean> => {
        for (let late = 0; ; late += 1) {
          const time = await nextTurn();
          if (time === null) return false;
          await pause(Math.max(0, time - clock.now()));
          if (clock.now() <= time + lateMsMax || late >= LATE_TURNS_MAX) return true;
        }
      };

      const inTurn = async (call: () => ReturnType<Call>): ReturnType<Call> => {
        let last: Awaited<ReturnType<Call>> = err(OUT_OF_TURN);
        for (let tries = 0; tries < THROTTLED_TRIES_MAX && (await turnComes()); tries += 1) {
          last = await (answerMs === undefined ? call() : Promise.race([call(), cutOff(pause, answerMs)]));
          if (last.ok || last.error.kind !== "throttled") break;
        }
        return last;
      };

      const named = provider as unknown as Readonly<Record<string, Call>>;
      return Object.fromEntries(
        Object.keys(CALLS).map((name): [string, Call] => [
          name,
          (...args) => inTurn(async () => (await named[name]?.apply(provider, args)) ?? err(OUT_OF_TURN)),
        ]),
      ) as unknown as MailProvider;
    },
  };
}

const OUT_OF_TURN: ProviderFault = { kind: "out_of_turn", reason: "its turn would have come too late" };

async function cutOff(pause: Pause, ms: number): ReturnType<Call> {
  await pause(ms);
  return err({ kind: "timed_out", reason: `no answer in ${ms} ms` });
}
