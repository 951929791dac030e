// What the journeys cannot bring about: a storage that fails, and the page's policy against its own style.
import { expect, test } from "bun:test";
import { PAGE_HEADERS, PAGE_STYLE } from "../../../edge/unsubscribe/page.ts";
import { openTestDatabase } from "../../support/databases.ts";
import { makeUnsubscribeApp } from "../../support/unsubscribe-app.ts";

const oneClick = (): RequestInit => ({
  method: "POST",
  body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }),
});

test("a storage that does not take it is a 5xx, and the same post later is done", async () => {
  const database = await openTestDatabase();
  const { app, path, left } = await makeUnsubscribeApp(database);
  const change = (sql: string) =>
    database.write({ statements: [{ sql, args: [] }], outcome: () => undefined });
  await change(
    "CREATE TRIGGER read_only BEFORE INSERT ON suppression BEGIN SELECT RAISE(ABORT, 'read-only'); END",
  );
  const refused = await app.request(path, oneClick());
  expect(refused.status).toBeGreaterThanOrEqual(500);
  expect(await left()).toEqual([]);
  await change("DROP TRIGGER read_only");
  expect((await app.request(path, oneClick())).status).toBe(200);
  expect(await left()).toEqual(["use_case"]);
});

test("a storage that is gone is a 503 for the click and for the page", async () => {
  const database = await openTestDatabase();
  const { app, path } = await makeUnsubscribeApp(database);
  await database.close();
  for (const request of [oneClick(), {}]) {
    const answer = await app.request(path, request);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  }
});

test("the policy allows exactly the style that the page has", async () => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(PAGE_STYLE));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  expect(PAGE_HEADERS["Content-Security-Policy"]).toContain(`style-src 'sha256-${hash}';`);
});
