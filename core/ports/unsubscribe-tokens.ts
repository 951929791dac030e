import type { Id } from "../ids.ts";

/**
 * The tokens of unsubscribe links: one for each mail, the same each time while the keys stay.
 *
 * - `issue` answers at most 60 characters of a-z and 2-7: they stand in a URL and in the local part of an address. No
 *   address and no scope is inside.
 * - `read` answers the mail of a token in any case, made with any key still known; null for every other text. Tokens do
 *   not expire (people keep mail for years), and tokens of other purposes are none.
 */
export type UnsubscribeTokens = {
  issue(emailId: Id): Promise<string>;
  read(token: string): Promise<Id | null>;
};
