import { describe, expect, test } from "bun:test";
import { boundedFetch } from "../../../adapters/system/bounded-fetch.ts";
import { startStubServer } from "../../support/stub-server.ts";

const BOUNDS = { timeoutMs: 5000, answerBytesMax: 1000 };
/** Never settles: the request that waits for it is cut off by its time-out. */
const never = new Promise<never>(() => undefined);

const server = startStubServer(({ target }) => {
  switch (target) {
    case "/exact":
      return new Response("x".repeat(1000));
    case "/over":
      return new Response("x".repeat(1001));
    case "/pieces":
      // Of no stated length.
      return new Response(
        new ReadableStream({
          start(controller) {
            for (let n = 0; n < 10; n += 1) controller.enqueue(new Uint8Array(100).fill(n));
            controller.close();
          },
        }),
      );
    case "/bomb":
      return new Response(Bun.gzipSync(new Uint8Array(5_000_000)), {
        headers: { "content-encoding": "gzip" },
      });
    case "/moved":
      return Response.redirect("/exact", 302);
    case "/not-modified":
      return new Response(null, { status: 304 });
    case "/empty":
      return new Response(null, { status: 500 });
    case "/stalled":
      return new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new Uint8Array(10)),
          pull: () => never,
        }),
      );
    default:
      return never;
  }
});

describe("bounded fetch", () => {
  test("answers what came, whatever its status", async () => {
    const exact = await boundedFetch(`${server.url}/exact`, {}, BOUNDS);
    expect(exact.ok && exact.value.body.length).toBe(1000);
    const failed = await boundedFetch(`${server.url}/empty`, {}, BOUNDS);
    expect(failed.ok && [failed.value.status, failed.value.body.length]).toEqual([500, 0]);
  });

  test("in pieces or unpacked, an answer is whole and no longer than what came", async () => {
    const pieces = await boundedFetch(`${server.url}/pieces`, {}, BOUNDS);
    expect(pieces.ok && [...pieces.value.body]).toEqual(
      Array.from({ length: 1000 }, (_, index) => Math.trunc(index / 100)),
    );
    const unpacked = await boundedFetch(`${server.url}/bomb`, {}, { ...BOUNDS, answerBytesMax: 5_000_000 });
    expect(unpacked.ok && unpacked.value.body.length).toBe(5_000_000);
  });

  const rows = [
    ["an answer one octet too long", "/over", "too_large", BOUNDS],
    ["an answer that grows when it is unpacked", "/bomb", "too_large", BOUNDS],
    ["a redirect", "/moved", "redirected", BOUNDS],
    ["a 304, which nobody asked for", "/not-modified", "redirected", BOUNDS],
    ["no answer", "/silent", "timed_out", { ...BOUNDS, timeoutMs: 30 }],
    ["an answer that stops half-way", "/stalled", "timed_out", { ...BOUNDS, timeoutMs: 30 }],
  ] as const;
  test.each(rows)("%s is none", async (_, path, kind, bounds) => {
    const answer = await boundedFetch(`${server.url}${path}`, {}, bounds);
    expect(answer.ok ? "answered" : answer.error.kind).toBe(kind);
  });

  test("a port where nobody listens is unavailable, and its name is not in the detail", async () => {
    const answer = await boundedFetch("http://127.0.0.1:1/secret-path", {}, BOUNDS);
    expect(answer.ok ? "answered" : answer.error.kind).toBe("unavailable");
    expect(JSON.stringify(answer)).not.toContain("secret-path");
  });

  test("a redirect is never followed", async () => {
    const before = server.requests.length;
    await boundedFetch(`${server.url}/moved`, {}, BOUNDS);
    expect(server.requests.slice(before).map((request) => request.target)).toEqual(["/moved"]);
  });
});
