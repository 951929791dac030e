import { afterAll, expect, test } from "bun:test";
import { makeApp } from "../../../edge/app.ts";
import { COUNTED_OPERATOR_KEY, startCountedApp } from "../../support/counted-app.ts";
import { WHY_NO_LIBSQL_SERVER } from "../../support/libsql-server.ts";
import { skipReason } from "../../support/test-on.ts";

const NAME = "background work is run by hand in a sandbox, and in no live installation";
const reason = skipReason(WHY_NO_LIBSQL_SERVER);
if (reason !== null) test.skip(`${NAME} (${reason})`, () => undefined);
else {
  const { ports, stop } = await startCountedApp();
  afterAll(stop);
  test.each([
    ["test", 200],
    ["live", 404],
  ] as const)(`${NAME}: %s`, async (apiKeyMode, status) => {
    const app = makeApp({
      portsFor: () => ({ ...ports, settings: { ...ports.settings, apiKeyMode } }),
      log: () => undefined,
      docsAssets: { script: () => Promise.resolve(null) },
    });
    const headers = { authorization: `Bearer ${COUNTED_OPERATOR_KEY}` };
    expect((await app.request("/v1/operator/tick", { method: "POST", headers })).status).toBe(status);
  });
}
