import type { MailProvider } from "./mail-provider.ts";

export type TurnOptions = {
  /** How many turns the first call reserves, one after the other; the others follow in them. Default 1. */
  readonly calls?: number;
  /** An answer that takes longer than this counts as `timed_out`. Default: the provider's own limit. */
  readonly answerMs?: number;
};

/**
 * The mail provider, whose calls (all but sends) take turns: one at a time over all instances of one database, each a
 * little more than a second after the one before, because Amazon SES allows one a second.
 *
 * - `startingBy` answers a provider whose calls wait for their turn and are not made when it would come after `at` (ms):
 *   they answer `out_of_turn`. Who can wait longest is served when there is a crowd.
 * - Reserving several turns at once lets work that has begun also end while many others begin.
 * - A call that is throttled all the same is made again at a later turn, a few times. Nothing else is repeated.
 * - For one piece of work, whose calls follow one another.
 */
export type ProviderTurns = { startingBy(at: number, options?: TurnOptions): MailProvider };
