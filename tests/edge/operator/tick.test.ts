import { afterAll, expect, test } from "bun:test";
import { makeApp } from "../../../edge/app.ts";
import { COUNTED_OPERATOR_KEY, startCountedApp } from "../../support/counted-app.ts";
import { WHY_NO_LIBSQL_SERVER } from "../../support/libsql-server.ts";
import { skipReason } from "../../support/test-on.ts";

const NAME = "no tick by hand outside the sandbox";
const reason = skipReason(WHY_NO_LIBSQL_SERVER);
if (reason !== null) test.skip(`${NAME} (${reason})`, () => undefined);
else {
  const { ports, stop } = await startCountedApp();
  afterAll(stop);
  test(NAME, async () => {
    const app = makeApp({
      portsFor: () => ({ ...ports, settings: { ...ports.settings, apiKeyMode: "live" } }),
      log: () => undefined,
      docsAssets: { script: () => Promise.resolve(null) },
    });
    const headers = { authorization: `Bearer ${COUNTED_OPERATOR_KEY}` };
    expect((await app.request("/v1/operator/tick", { method: "POST", headers })).status).toBe(404);
  });
}
