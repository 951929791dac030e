// What the journeys cannot bring about: a public https address behind a proxy that ends TLS, and a storage that fails.
import { describe, expect, test } from "bun:test";
import { openTestDatabase } from "../../support/databases.ts";
import { signWebhook } from "../../support/twilio-samples.ts";
import { makeVoiceHookApp } from "../../support/voice-hook-app.ts";

const AUTH_TOKEN = "0123456789abcdef0123456789abcdef";
const BEHIND = "http://10.0.0.5:8080";
const PATH = "/hooks/twilio/{use_case}/voice";

async function scene(publicUrl: string) {
  const database = await openTestDatabase();
  const { app, setup, useCase, number } = await makeVoiceHookApp(database, publicUrl, AUTH_TOKEN);
  const pathOf = (url: string): string => url.replace("{use_case}", useCase.id);
  const parameters = {
    AccountSid: setup.accountSid,
    CallSid: `CA${"0".repeat(32)}`,
    CallStatus: "ringing",
    To: number.phoneNumber,
  };
  return {
    database,
    /** Posts to our own address what is signed for `signed`. */
    async post(signed: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
      const signature = await signWebhook(AUTH_TOKEN, pathOf(signed), parameters);
      return app.request(pathOf(`${BEHIND}${PATH}`), {
        method: "POST",
        headers: { ...headers, "x-twilio-signature": signature },
        body: new URLSearchParams(parameters),
      });
    },
  };
}

const PUBLIC = "https://postrider.example";
const FORWARDED = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" };

describe("behind a proxy that ends TLS", () => {
  test.each<[string, string, string, Record<string, string>, number]>([
    ["signed for the public address", PUBLIC, `${PUBLIC}${PATH}`, {}, 200],
    ["signed with its port", PUBLIC, `${PUBLIC}:443${PATH}`, {}, 200],
    ["whatever the proxy says of itself", PUBLIC, `${PUBLIC}${PATH}`, FORWARDED, 200],
    ["http for https", PUBLIC, `http://postrider.example${PATH}`, {}, 403],
    ["http with https's port", PUBLIC, `http://postrider.example:443${PATH}`, {}, 403],
    ["another port", PUBLIC, `${PUBLIC}:8443${PATH}`, {}, 403],
    ["our own address", PUBLIC, `${BEHIND}${PATH}`, {}, 403],
    ["a host that the proxy was made to name", PUBLIC, `https://evil.example${PATH}`, FORWARDED, 403],
    ["a public port, signed with it", `${PUBLIC}:8443`, `${PUBLIC}:8443${PATH}`, {}, 200],
    ["a public port, signed without", `${PUBLIC}:8443`, `${PUBLIC}${PATH}`, {}, 200],
    ["a public port, signed with the usual one", `${PUBLIC}:8443`, `${PUBLIC}:443${PATH}`, {}, 403],
    ["a public path, signed with it", `${PUBLIC}/pr`, `${PUBLIC}/pr${PATH}`, {}, 200],
    ["a public path, signed without", `${PUBLIC}/pr`, `${PUBLIC}${PATH}`, {}, 403],
  ])("%s", async (_, publicUrl, signed, headers, status) => {
    const { post } = await scene(publicUrl);
    expect((await post(signed, headers)).status).toBe(status);
  });
});

test("a storage that does not take it is a 5xx, so that Twilio shows it", async () => {
  const { database, post } = await scene(PUBLIC);
  const signed = `${PUBLIC}${PATH}`;
  const change = (sql: string) =>
    database.write({ statements: [{ sql, args: [] }], outcome: () => undefined });
  await change(
    "CREATE TRIGGER read_only BEFORE INSERT ON voice_webhook BEGIN SELECT RAISE(ABORT, 'read-only'); END",
  );
  expect((await post(signed)).status).toBeGreaterThanOrEqual(500);
  await change("DROP TRIGGER read_only");
  expect((await post(signed)).status).toBe(200);
  await database.close();
  expect((await post(signed)).status).toBe(503);
});
