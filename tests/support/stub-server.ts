// A server that answers what a test tells it to, on this machine only, and keeps what it was asked.
import { afterAll } from "bun:test";

export type StubRequest = {
  readonly method: string;
  /** Path and query as received. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
};

export type StubServer = { readonly url: string; readonly requests: StubRequest[] };

/** Runs until the test file ends. `answer` gets the number of earlier requests as its second argument. */
export function startStubServer(
  answer: (request: StubRequest, earlier: number) => Response | Promise<Response>,
): StubServer {
  const requests: StubRequest[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(received) {
      const { pathname, search } = new URL(received.url);
      const body = new Uint8Array(await received.arrayBuffer());
      const request = {
        method: received.method,
        target: `${pathname}${search}`,
        headers: received.headers,
        body,
      };
      return answer(request, requests.push(request) - 1);
    },
  });
  afterAll(() => server.stop(true));
  return { url: `http://127.0.0.1:${server.port}`, requests };
}

export const bodyJson = (request: StubRequest | undefined): unknown =>
  JSON.parse(new TextDecoder().decode(request?.body));
