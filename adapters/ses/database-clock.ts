// What our clock showed when the database answered from its own: a turn is a time of the database's, and a call is made by
// ours. Somewhere between asking and being answered, which may be long where others write as well. RFC 5905 section 10: of
// several exchanges the quickest tells most truly how far apart two clocks are.

/** When we asked and were answered, by our clock; what the database's showed in between. All in ms. */
export type Exchange = { readonly askedAt: number; readonly answeredAt: number; readonly theirs: number };

/** Clocks drift apart, and are set: what an exchange told is asked anew after a minute. */
const EXCHANGE_AGE_MS_MAX = 60_000;

export function makeDatabaseClock(): { readAt(exchange: Exchange): number } {
  let quickest: Exchange | null = null;
  return {
    /** When the database's clock was read, by ours; never outside of the exchange. */
    readAt(exchange) {
      if (quickest === null || isTruer(exchange, quickest)) quickest = exchange;
      const { askedAt, answeredAt, theirs } = exchange;
      const ours = theirs - quickest.theirs + (quickest.askedAt + quickest.answeredAt) / 2;
      return Math.min(Math.max(Math.round(ours), askedAt), answeredAt);
    },
  };
}

const isTruer = (exchange: Exchange, quickest: Exchange): boolean =>
  tookMs(exchange) <= tookMs(quickest) ||
  Math.abs(exchange.answeredAt - quickest.answeredAt) > EXCHANGE_AGE_MS_MAX;

const tookMs = ({ askedAt, answeredAt }: Exchange): number => answeredAt - askedAt;
