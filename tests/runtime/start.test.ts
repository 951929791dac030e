// What stops a start, as the person who starts it sees it: a sentence, no stack, exit code 1. A taken port lets a start
// come as far as listening and no further, so that nothing here has to be waited for or stopped.
import { afterAll, beforeAll, expect } from "bun:test";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Program, startRefused, startSandboxProgram, temporaryFolder } from "../support/program.ts";
import { PROGRAM_TEST_MS_MAX, testOn } from "../support/test-on.ts";

const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
const port = String(taken.port);
const PORT_TAKEN = `Port ${port} is taken by another program: stop that one, or set PORT.\n`;

const LIVE = {
  PORT: port,
  PUBLIC_URL: "https://postrider.example",
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
  SNS_TOPIC_ARNS: "arn:aws:sns:eu-central-1:123456789012:events",
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let sandbox: Program;
let places = 0;
const newPlace = (): string => join(folder.path, `place-${++places}`);

beforeAll(async () => {
  folder = await temporaryFolder();
  sandbox = await startSandboxProgram(join(folder.path, "sandbox"));
}, PROGRAM_TEST_MS_MAX);

afterAll(async () => {
  await taken.stop(true);
  await sandbox.stop();
  await folder.remove();
});

/** The program's file of this name is there, and for its owner only. */
async function privateFile(path: string): Promise<string> {
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe("600");
  return readFile(path, "utf8");
}

const operatorKeyIn = (output: string): string | undefined => /^ {2}(op_[0-9a-f]{48})$/m.exec(output)?.[1];

for (const runtime of ["bun", "deno", "node"] as const) {
  const test = testOn(runtime);
  test("a taken port is told in a sentence, and the operator's key is shown once all the same", async () => {
    const settings = { ...LIVE, DATA_DIR: newPlace() };
    const first = await startRefused(runtime, settings);
    expect(first).toMatchObject({ code: 1, complaint: PORT_TAKEN });
    const key = operatorKeyIn(first.output);
    expect(key).toBeString();
    expect(first.output).toContain(
      `curl -s https://postrider.example/v1/workspaces -H 'Authorization: Bearer ${key}'`,
    );

    const second = await startRefused(runtime, settings);
    expect(second).toEqual({ code: 1, complaint: PORT_TAKEN, output: "" });
  });

  test("contradicting settings are told, each in a sentence", async () => {
    const settings = {
      ...LIVE,
      DATA_DIR: newPlace(),
      PUBLIC_URL: "http://postrider.example",
      POOLS: "many",
    };
    const { code, output, complaint } = await startRefused(runtime, settings);
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(complaint.trimEnd().split("\n")).toEqual([
      expect.stringContaining("PUBLIC_URL must be the https address"),
      expect.stringContaining("POOLS must be one of"),
    ]);
  });
}

const onBun = testOn("bun");

onBun("a live database refuses the sandbox", async () => {
  const place = { DATA_DIR: newPlace(), PORT: port };
  expect((await startRefused("bun", { ...LIVE, ...place })).complaint).toBe(PORT_TAKEN);
  const refused = await startRefused("bun", { ...place, SANDBOX_URL: sandbox.url });
  expect(refused).toMatchObject({
    code: 1,
    complaint:
      "The database belongs to a live installation and this start is sandbox. Use another DATABASE_URL or DATA_DIR.\n",
  });
});

onBun("a sandbox's database refuses to go live; its keys lie in files for their owner only", async () => {
  const place = { DATA_DIR: newPlace(), PORT: port };
  const first = await startRefused("bun", { ...place, SANDBOX_URL: sandbox.url });
  expect(first.complaint).toBe(PORT_TAKEN);
  expect(await privateFile(join(place.DATA_DIR, "operator-key"))).toBe(operatorKeyIn(first.output) ?? "none");
  const signingKeys = await privateFile(join(place.DATA_DIR, "signing-keys"));
  expect(signingKeys).toMatch(/^k1:[A-Za-z0-9+/]{43}=$/);

  const refused = await startRefused("bun", { ...LIVE, ...place });
  expect(refused).toMatchObject({
    code: 1,
    complaint:
      "The database belongs to a sandbox installation and this start is live. Use another DATABASE_URL or DATA_DIR.\n",
  });
  expect(await readFile(join(place.DATA_DIR, "signing-keys"), "utf8")).toBe(signingKeys);
});

onBun("the sandbox's own port is told apart", async () => {
  const refused = await startRefused("bun", { DATA_DIR: newPlace(), SANDBOX: "true", SANDBOX_PORT: port });
  expect(refused).toMatchObject({
    code: 1,
    complaint: `Port ${port} is taken by another program: stop that one, or set SANDBOX_PORT.\n`,
  });
});

for (const runtime of ["deno", "node"] as const) {
  const test = testOn(runtime);
  test("the sandbox does not run here, and the start says what to do", async () => {
    const refused = await startRefused(runtime, { DATA_DIR: newPlace(), PORT: port });
    expect(refused).toEqual({
      code: 1,
      output: "",
      complaint:
        "The sandbox runs on Bun: start it with `bun run sandbox` and set SANDBOX_URL to its address.\n",
    });
  });
}
