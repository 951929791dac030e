// Twilio's refusals, thrown by an operation: a status, a code of five digits, and the JSON that carries both. Twilio's
// "REST API errors" and its "Error and Warning Dictionary".
import type { Refusals } from "../recorded-call.ts";

export class TwilioError extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const unauthenticated = (): TwilioError => new TwilioError(401, 20003, "Authenticate");
/** Also for what exists and is another account's. */
export const notFound = (path: string): TwilioError =>
  new TwilioError(404, 20404, `The requested resource ${path} was not found`);
export const invalidParameter = (message: string, code = 20001): TwilioError =>
  new TwilioError(400, code, message);

const CODES_OF_STATUS: Readonly<Record<number, number>> = { 400: 20001, 401: 20003 };
/** Most of Twilio's general codes are the status with 20 before it: 20404, 20429, 20500. */
const codeOf = (status: number): number => CODES_OF_STATUS[status] ?? 20_000 + status;

export const twilioRefusals: Refusals<TwilioError> = {
  isRefusal: (error): error is TwilioError => error instanceof TwilioError,
  throttled: () => new TwilioError(429, 20429, "Too Many Requests"),
  injected: (status, code, message) =>
    new TwilioError(
      status,
      code === undefined ? codeOf(status) : Number(code),
      message ?? `The sandbox was asked to answer ${status} here.`,
    ),
  toResponse: ({ status, code, message }) =>
    Response.json(
      { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
      { status, headers: status === 401 ? { "www-authenticate": 'Basic realm="Twilio API"' } : {} },
    ),
};
