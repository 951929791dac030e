/**
 * Tokens that only we can make, for URLs and cursors. The payload is signed, not hidden: nothing secret goes in.
 *
 * - `sign` answers a token of URL-safe characters, made with the newest key. Expiry, where one is wanted, is the
 *   payload's business.
 * - `verify` answers the payload of a token that was signed for exactly this purpose with a key still known, else
 *   null: a forged, cut, foreign or over-long token all answer alike, and the comparison takes constant time.
 * - `purpose` names the kind of token, and whatever it must be bound to: a token of one purpose is none of another.
 */
export type TokenSigner = {
  sign(purpose: string, payload: string): Promise<string>;
  verify(purpose: string, token: string): Promise<string | null>;
};
