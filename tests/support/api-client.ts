// Calls to the API over HTTP, as a client would make them: nothing is parsed, followed or repeated behind the caller's
// back.
import assert from "node:assert/strict";

export type ApiAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly text: string;
};

export type ApiRequest = {
  /** Sent as `application/json`. */
  readonly json?: unknown;
  readonly form?: FormData;
  /** Sent as it is; its type is the caller's business. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Api = {
  /** The URL and key it calls with; null: no Authorization header at all. */
  readonly url: string;
  readonly key: string | null;
  call(method: string, path: string, request?: ApiRequest): Promise<ApiAnswer>;
  /** The answer's JSON; fails unless the status is the one expected. */
  expect<T>(status: number, method: string, path: string, request?: ApiRequest): Promise<T>;
  get<T>(path: string): Promise<T>;
};

export function apiClient(url: string, key: string | null): Api {
  const call: Api["call"] = async (method, path, request = {}) => {
    const response = await fetch(path.startsWith("http") ? path : `${url}${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(request.json === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
      },
      ...bodyOf(request),
      redirect: "manual",
      // A server that refuses a request before it has read its body may close the connection after the answer (RFC 9112
      // section 9.3), and what was sent on it next is lost. Clients repeat that only when it is safe to.
      keepalive: false,
    });
    const octets = new Uint8Array(await response.arrayBuffer());
    return {
      status: response.status,
      headers: response.headers,
      octets,
      text: new TextDecoder().decode(octets),
    };
  };
  const expect = async <T>(status: number, method: string, path: string, request?: ApiRequest): Promise<T> =>
    jsonOf<T>(assertStatus(await call(method, path, request), status, `${method} ${path}`));
  return { url, key, call, expect, get: <T>(path: string) => expect<T>(200, "GET", path) };
}

export const jsonOf = <T>(answer: ApiAnswer): T => JSON.parse(answer.text) as T;

/** The answer itself; otherwise an error that shows what was answered instead. */
export function assertStatus(answer: ApiAnswer, status: number, what: string): ApiAnswer {
  assert.equal(answer.status, status, `${what}: ${answer.status} ${answer.text.slice(0, 500)}`);
  return answer;
}

/** A query with repeated parameters, from lists. */
export function queryOf(parameters: Readonly<Record<string, string | number | readonly string[]>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  return `?${query}`;
}

function bodyOf({ json, form, body }: ApiRequest): { body?: BodyInit } {
  const given = json === undefined ? (form ?? body) : JSON.stringify(json);
  return given === undefined ? {} : { body: given };
}
