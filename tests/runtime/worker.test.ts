// What holds for Workers only: what is in the module, how large it is, and how it answers before it is ready.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  buildWorker,
  WORKER_COMPATIBILITY,
  WORKER_GZIP_BYTES_MAX,
  type WorkerBuild,
} from "../../edge/cli/build-worker.ts";
import { makeWorkerApp } from "../../edge/runtime/worker-app.ts";
import { WHY_NO_LIBSQL_SERVER } from "../support/libsql-server.ts";
import { OPERATOR_KEY, startSandboxProgram, temporaryFolder } from "../support/program.ts";
import { PROGRAM_TEST_MS_MAX, skipReason } from "../support/test-on.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

describe("the module", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let built: WorkerBuild;
  let code: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    built = await buildWorker(folder.path);
    code = await readFile(built.path, "utf8");
  });
  afterAll(() => folder.remove());

  test("is within the budget", () => {
    expect(built.gzipBytes).toBeLessThanOrEqual(WORKER_GZIP_BYTES_MAX);
    expect(Buffer.byteLength(code)).toBe(built.rawBytes);
  });

  test("holds of the sandbox only where it is found", () => {
    const ofSandbox = [...built.inputs.keys()].filter((path) => path.startsWith("edge/sandbox/"));
    expect(ofSandbox).toEqual(["edge/sandbox/endpoints.ts"]);
  });

  test.each([
    ["tests", /^tests\//],
    ["another runtime's start", /^edge\/(cli|runtime\/(bun|deno|node|start|banner|connect-sandbox))/],
    ["an embedded database or a folder", /^adapters\/(libsql\/embedded|files)\//],
    ["the portal's script", /rapidoc/],
    ["what builds the schema", /drizzle-kit/],
    ["zod's other languages", /zod\/.*\/locales\/(?!en\.|index\.)/],
  ])("holds nothing of %s", (_name, pattern) => {
    expect([...built.inputs.keys()].filter((path) => pattern.test(path))).toEqual([]);
  });

  test("asks the runtime for nothing but its hash", () => {
    const { imports } = new Bun.Transpiler({ loader: "js" }).scan(code);
    expect([...new Set(imports.map(({ path }) => path))]).toEqual(["node:crypto"]);
  });

  test("comes with the portal's script and the settings of its deployment", async () => {
    const script = await readFile(join(folder.path, "assets/rapidoc.js"), "utf8");
    expect(script).toContain("rapi-doc");
    expect(await Bun.file(join(folder.path, "wrangler.json")).json()).toMatchObject({
      main: "worker.js",
      ...WORKER_COMPATIBILITY,
      assets: { directory: "assets", binding: "ASSETS" },
    });
  });
});

describe("its settings", () => {
  const SETTINGS = {
    DATABASE_URL: "http://127.0.0.1:1",
    BLOB_STORE: "s3://bucket/prefix",
    SIGNING_KEYS: `k1:${btoa("s".repeat(32))}`,
    OPERATOR_API_KEY: OPERATOR_KEY,
    PUBLIC_URL: "http://127.0.0.1",
    SANDBOX_URL: "http://127.0.0.1:2",
  };
  const ALL_FOUR =
    "On Workers DATABASE_URL (a libSQL server), BLOB_STORE (s3://bucket/prefix), SIGNING_KEYS and OPERATOR_API_KEY must be set.";

  test.each([
    ["a database file", { DATABASE_URL: "file:/data.db" }, ALL_FOUR],
    ["a folder of contents", { BLOB_STORE: "file:/blobs" }, ALL_FOUR],
    ["no operator key", { OPERATOR_API_KEY: "" }, ALL_FOUR],
    ["no signing keys", { SIGNING_KEYS: "" }, "SIGNING_KEYS must be set when DATABASE_URL is remote"],
    [
      "a sandbox of its own",
      { SANDBOX_URL: "", SANDBOX: "true" },
      "Workers start no sandbox: set SANDBOX_URL",
    ],
  ])("%s is refused", (_name, changed, sentence) => {
    expect(() => makeWorkerApp({ ...SETTINGS, ...changed })).toThrow(sentence);
  });

  test("bindings that are no settings are left alone", () => {
    expect(() =>
      makeWorkerApp({ ...SETTINGS, BUCKET: {}, ASSETS: { fetch: async () => new Response() } }),
    ).not.toThrow();
  });
});

describe("before the migrations are in", () => {
  const reason = skipReason(WHY_NO_LIBSQL_SERVER);
  if (reason !== null) {
    test.skip(`it is alive, and not ready (${reason})`, () => undefined);
    return;
  }
  let worker: RunningWorker;
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const folder = await temporaryFolder();
    ends.unshift(folder.remove);
    const sandbox = await startSandboxProgram(folder.path);
    ends.unshift(sandbox.stop);
    worker = await startWorker({ sandboxUrl: sandbox.url, migrated: false });
    ends.unshift(worker.stop);
  }, PROGRAM_TEST_MS_MAX);
  afterAll(async () => {
    for (const end of ends) await end();
  });

  test.each([
    ["/healthz", 200],
    ["/openapi.json", 200],
    ["/docs/rapidoc.js", 200],
    ["/readyz", 503],
    ["/v1/workspaces", 503],
  ])("%s answers %d", async (path, status) => {
    const answer = await fetch(`${worker.url}${path}`, {
      headers: { authorization: `Bearer ${OPERATOR_KEY}` },
    });
    expect(answer.status).toBe(status);
    if (status !== 503) return;
    expect(await answer.json()).toMatchObject({ code: "storage_unavailable" });
    expect(answer.headers.get("retry-after")).not.toBeNull();
  });
});
