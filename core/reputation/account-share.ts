// What one workspace may use of the account's quota and rate at the mail provider: half, as long as others send too. The
// guard is in the store's write-ahead transaction, built from these numbers. Amazon SES "Service quotas": sends are
// limited over 24 hours that slide, and per second.

/** While another workspace has sent within the 24 hours; of the rate, lately. */
export const WORKSPACE_SHARE = 0.5;
/** Whatever length a sending day has here, the provider's quota is over these hours. */
export const ACCOUNT_HOUR_MS = 3_600_000;
/** The hour under way and the 24 before it: what SES counts lies within. */
export const ACCOUNT_WINDOW_HOURS = 24;

/** The rate is shared with who sent so lately: somebody's mail of this morning takes nothing of it now. */
const LATELY_MS = 60_000;

/** What the provider said last; null: no limit. */
export type AccountQuota = {
  readonly mailsIn24Hours: number | null;
  readonly mailsPerSecond: number | null;
};

/** The parts of time in which a mail written now counts against the account. All in ms. */
export type AccountTime = {
  readonly hourStartsAt: number;
  /** The first hour of the window. */
  readonly windowStartsAt: number;
  readonly secondStartsAt: number;
  /** Who took something since then shares the rate. */
  readonly latelyFrom: number;
};

/** When to ask again: the window slides by the hour. */
export const accountRetrySeconds = (window: "24_hours" | "second", now: number): number =>
  window === "second" ? 1 : (accountTime(now).hourStartsAt + ACCOUNT_HOUR_MS - now) / 1000;

export function accountTime(now: number): AccountTime {
  const hourStartsAt = Math.floor(now / ACCOUNT_HOUR_MS) * ACCOUNT_HOUR_MS;
  const secondStartsAt = Math.floor(now / 1000) * 1000;
  return {
    hourStartsAt,
    windowStartsAt: hourStartsAt - ACCOUNT_WINDOW_HOURS * ACCOUNT_HOUR_MS,
    secondStartsAt,
    latelyFrom: secondStartsAt - LATELY_MS,
  };
}
