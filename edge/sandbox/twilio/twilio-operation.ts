// What Twilio's operations have in common: their shape, the form of a sid, and how the 2010 API writes a time.
import type { TwilioAccountRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";

/** Accounts, profiles and numbers, each: more than anybody tries out by hand or in a test. */
export const TWILIO_OBJECTS_MAX = 10_000;

export type TwilioInput = {
  /** The one whose credentials came with the call. */
  readonly account: TwilioAccountRecord;
  /** The path as Twilio has it. */
  readonly path: string;
  /** The sid at the end of the path; empty where there is none. */
  readonly sid: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
};

/** Answers the JSON body; throws a `TwilioError` for what Twilio refuses. */
export type TwilioOperation = (sandbox: Sandbox, input: TwilioInput) => object;

/** Two letters for the kind of thing, then 32 hex digits. */
export const isSid = (prefix: string, text: string): boolean =>
  new RegExp(`^${prefix}[0-9a-f]{32}$`).test(text);

/** RFC 2822, as the 2010 API writes times: `Thu, 30 Jul 2015 23:19:04 +0000`. */
export const mailTime = (ms: number): string => new Date(ms).toUTCString().replace("GMT", "+0000");
