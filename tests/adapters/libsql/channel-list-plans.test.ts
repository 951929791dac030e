// How SQLite walks the lists of access and channels: along an index or the table in creation order, never sorting, and
// never past another workspace's rows. Only lists over all workspaces may scan a table: they answer all of it.
import { expect, test } from "bun:test";
import type { Database, Statement } from "../../../adapters/libsql/database.ts";
import { type ChannelStores, makeChannelStores } from "../../support/channel-samples.ts";
import { openTestDatabase } from "../../support/databases.ts";

const ID = "00000000-0000-7000-8000-000000000001";
const PAGE = { offset: 0, limit: 10 };

/** The steps SQLite takes for the last read of `call`. */
async function planOf(call: (stores: ChannelStores) => Promise<unknown>): Promise<readonly string[]> {
  const database = await openTestDatabase();
  let asked: readonly Statement[] = [];
  const recording: Database = {
    ...database,
    read(statements) {
      asked = statements;
      return database.read(statements);
    },
  };
  await call(makeChannelStores(recording));
  const plans = await database.read(
    asked.map(({ sql, args }) => ({ sql: `EXPLAIN QUERY PLAN ${sql}`, args })),
  );
  return plans.flat().map((step) => String(step["detail"]));
}

test.each<[string, (stores: ChannelStores) => Promise<unknown>]>([
  ["an API key by its secret", ({ apiKeys }) => apiKeys.findBySecret("secret")],
  ["a workspace's API keys", ({ apiKeys }) => apiKeys.list(ID)],
  ["an idempotency key", ({ idempotency }) => idempotency.find(ID, "key", 0)],
  ["a setup", ({ setups }) => setups.find(ID)],
  ["a workspace's setups", ({ setups }) => setups.list(ID, PAGE)],
  ["a use case", ({ useCases }) => useCases.find(ID, ID)],
  ["a workspace's use cases", ({ useCases }) => useCases.list({ workspaceId: ID }, 10)],
  ["a Twilio setup", ({ twilioSetups }) => twilioSetups.find(ID, ID)],
  ["a workspace's Twilio setups", ({ twilioSetups }) => twilioSetups.list(ID, PAGE)],
  ["a Twilio setup's use cases", ({ useCases }) => useCases.list({ workspaceId: ID, twilioSetupId: ID }, 10)],
  ["a phone number", ({ phoneNumbers }) => phoneNumbers.find(ID)],
  ["an unfinished phone number", ({ phoneNumbers }) => phoneNumbers.findUnfinished(ID, "PN")],
  ["a use case's phone numbers", ({ phoneNumbers }) => phoneNumbers.list(ID, ID, 10)],
  ["the account behind a webhook", ({ voiceWebhooks }) => voiceWebhooks.findAccount(ID)],
  ["a setup's use cases", ({ useCases }) => useCases.list({ workspaceId: ID, setupId: ID }, 10)],
  [
    "a workspace's use cases of a channel and an entity",
    ({ useCases }) => useCases.list({ workspaceId: ID, channel: "email", entityName: "Clinic" }, 10),
  ],
])("%s: searched by index only, never sorted", async (_, call) => {
  const steps = await planOf(call);
  expect(steps.length).toBeGreaterThan(0);
  expect(steps.filter((step) => step.includes("SCAN") || step.includes("TEMP B-TREE"))).toEqual([]);
});

test.each<[string, (stores: ChannelStores) => Promise<unknown>]>([
  ["all workspaces", ({ workspaces }) => workspaces.list(PAGE)],
  ["all setups", ({ setups }) => setups.list(null, PAGE)],
  ["all Twilio setups", ({ twilioSetups }) => twilioSetups.list(null, PAGE)],
  ["all use cases", ({ useCases }) => useCases.list({ workspaceId: null }, 10)],
])("%s: walked in creation order, never sorted", async (_, call) => {
  const steps = await planOf(call);
  expect(steps[0]).toStartWith("SCAN");
  expect(steps.filter((step) => step.includes("TEMP B-TREE"))).toEqual([]);
});
