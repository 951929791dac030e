import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import {
  BUSY_RETRY_AFTER_SECONDS,
  makeBodyBudget,
  readBody,
  RESERVATION_LAPSES_AFTER_MS,
  type BodyBudget,
  type ReadBodyLimits,
} from "../../edge/request-body.ts";

const frozen = (): number => 0;
const octets = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const limits = (over: Partial<ReadBodyLimits> = {}): ReadBodyLimits => ({
  maxBytes: 1_000_000,
  budget: makeBodyBudget(2_000_000, frozen),
  ...over,
});

/** A request whose body arrives in these chunks, said to have this length (null: chunked). */
function arriving(chunks: readonly Uint8Array[], contentLength: number | null): Request {
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk.slice());
      controller.close();
    },
  });
  return streaming(body, contentLength);
}
function streaming(body: ReadableStream, contentLength: number | null): Request {
  const headers = contentLength === null ? {} : { "Content-Length": `${contentLength}` };
  // `duplex` is required by the Fetch standard for a streamed body.
  const init: RequestInit & { duplex: "half" } = { method: "POST", body, headers, duplex: "half" };
  return new Request("http://localhost/", init);
}

/** How much of the budget is free, found by taking it. */
function free(budget: BodyBudget, limitBytes: number): number {
  for (let bytes = limitBytes; bytes > 0; bytes--) {
    const probe = budget.reserve();
    const fits = probe.take(bytes);
    probe.release();
    if (fits) return bytes;
  }
  return 0;
}

describe("a body that is taken whole", () => {
  const large = new Uint8Array(300_000).map((_, at) => at % 251);
  const rows: [name: string, request: Request, expected: Uint8Array][] = [
    [
      "with its Content-Length, in pieces",
      arriving([octets("ab"), octets(""), octets("cde")], 5),
      octets("abcde"),
    ],
    ["without one", arriving([octets("ab"), octets("cde")], null), octets("abcde")],
    [
      "without one, grown several times",
      arriving([large.subarray(0, 70_000), large.subarray(70_000)], null),
      large,
    ],
    ["empty, declared", arriving([], 0), octets("")],
    ["no body at all", new Request("http://localhost/"), octets("")],
    [
      "a Content-Length that is no number is no promise",
      streaming(new Blob(["x"]).stream(), Number.NaN),
      octets("x"),
    ],
  ];
  test.each(rows)("%s", async (_name, request, expected) => {
    const body = await readBody(request, limits());
    if (!body.ok) throw new Error(body.error.kind);
    expect(body.value.octets).toEqual(Uint8Array.from(expected));
  });

  test.each([5, null])("of exactly the limit (Content-Length %p)", async (length) => {
    expect(await readBody(arriving([octets("abcde")], length), limits({ maxBytes: 5 }))).toMatchObject({
      ok: true,
    });
  });
});

describe("a body that is refused", () => {
  const broken = (): ReadableStream =>
    new ReadableStream({
      pull: (controller) => controller.error(new Error("connection reset")),
    });
  const rows: [name: string, request: () => Request, error: object][] = [
    [
      "one octet over, streamed",
      () => arriving([octets("abcdef")], null),
      { kind: "body_too_large", limitBytes: 5 },
    ],
    [
      "shorter than declared",
      () => arriving([octets("abc")], 5),
      { kind: "body_incomplete", reason: "short" },
    ],
    ["longer than declared", () => arriving([octets("abc")], 2), { kind: "body_incomplete", reason: "long" }],
    ["a lost connection", () => streaming(broken(), 5), { kind: "body_incomplete", reason: "lost" }],
    [
      "slower than allowed",
      () => streaming(new ReadableStream(), 5),
      { kind: "body_incomplete", reason: "timed_out" },
    ],
  ];
  test.each(rows)("%s, and nothing stays reserved", async (_name, request, error) => {
    const budget = makeBodyBudget(100, frozen);
    expect(await readBody(request(), { maxBytes: 5, budget, timeoutMs: 20 })).toEqual({
      ok: false,
      error,
    } as never);
    expect(free(budget, 100)).toBe(100);
  });

  test("too long by its Content-Length: not one octet is asked for", async () => {
    let pulled = false;
    const body = new ReadableStream({ pull: () => void (pulled = true) }, { highWaterMark: 0 });
    const result = await readBody(streaming(body, 6), limits({ maxBytes: 5 }));
    expect(result).toEqual({ ok: false, error: { kind: "body_too_large", limitBytes: 5 } });
    expect(pulled).toBe(false);
  });

  test.each([
    ["too large", { maxBytes: 3 }],
    ["too slow", { timeoutMs: 20 }],
  ])("%s: the sender is told to stop", async (_name, over) => {
    const { promise: cancelled, resolve } = Promise.withResolvers<void>();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(octets("abcd")),
      cancel: () => resolve(),
    });
    await readBody(streaming(body, null), limits(over));
    await cancelled;
  });
});

describe("the budget of bodies in flight", () => {
  const busy = { ok: false, error: { kind: "busy", retryAfterSeconds: BUSY_RETRY_AFTER_SECONDS } } as const;

  test("a body waits for no room: it is refused, and accepted once another is released", async () => {
    const budget = makeBodyBudget(10, frozen);
    const first = await readBody(arriving([octets("123456")], 6), limits({ budget }));
    if (!first.ok) throw new Error(first.error.kind);
    expect(await readBody(arriving([octets("12345")], 5), limits({ budget }))).toEqual(busy);
    expect(await readBody(arriving([octets("1234")], 4), limits({ budget }))).toMatchObject({ ok: true });
    first.value.release();
    expect(await readBody(arriving([octets("12345")], 5), limits({ budget }))).toMatchObject({ ok: true });
  });

  test("releasing frees the octets themselves, and may be done twice", async () => {
    const budget = makeBodyBudget(10, frozen);
    const body = await readBody(arriving([octets("123456")], 6), limits({ budget }));
    if (!body.ok) throw new Error(body.error.kind);
    const view = body.value.octets.subarray(2, 4);
    body.value.release();
    body.value.release();
    expect([body.value.octets.length, view.length, free(budget, 10)]).toEqual([0, 0, 10]);
  });

  test("a body of unknown length reserves as it grows", async () => {
    const budget = makeBodyBudget(100_000, frozen);
    const chunk = new Uint8Array(30_000);
    const small = await readBody(arriving([chunk], null), limits({ budget }));
    expect(small).toMatchObject({ ok: true });
    expect(await readBody(arriving([chunk, chunk, chunk], null), limits({ budget }))).toEqual(busy);
  });

  test("releasing twice gives back once", () => {
    const budget = makeBodyBudget(10, frozen);
    const [a, b] = [budget.reserve(), budget.reserve()];
    expect([a.take(5), b.take(5)]).toEqual([true, true]);
    a.release();
    a.release();
    expect(free(budget, 10)).toBe(5);
  });

  test("a reservation that nobody released lapses, and releasing it later takes nothing from others", () => {
    let now = 0;
    const budget = makeBodyBudget(10, () => now);
    const forgotten = budget.reserve();
    expect(forgotten.take(10)).toBe(true);
    now = RESERVATION_LAPSES_AFTER_MS - 1;
    expect(free(budget, 10)).toBe(0);
    now = RESERVATION_LAPSES_AFTER_MS;
    const next = budget.reserve();
    expect(next.take(10)).toBe(true);
    forgotten.release();
    expect(forgotten.take(1)).toBe(false);
    expect(free(budget, 10)).toBe(0);
  });
});

test("over a real connection: a body that stops in the middle is answered when the time is up", async () => {
  const budget = makeBodyBudget(1000, frozen);
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const body = await readBody(request, { maxBytes: 100, budget, timeoutMs: 50 });
      return Response.json(body.ok ? null : body.error, { status: body.ok ? 200 : 400 });
    },
  });
  const { promise: answer, resolve } = Promise.withResolvers<string>();
  const socket = connect(Number(server.port), "127.0.0.1", () =>
    socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf"),
  );
  socket.once("data", (data) => resolve(data.toString()));
  expect(await answer).toContain('{"kind":"body_incomplete","reason":"timed_out"}');
  expect(free(budget, 1000)).toBe(1000);
  socket.destroy();
});
