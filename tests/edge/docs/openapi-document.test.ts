import { expect, test } from "bun:test";
import { generateClient } from "../../support/generated-client.ts";
import { operationsOf, readDocument } from "../../support/openapi-document.ts";
import { lintOpenapi } from "../../support/openapi-lint.ts";

// What the product's own paths bring along: `/v1/{workspace_id}/api-keys` beside `/v1/ses-setup/{setup_id}` (a workspace
// id is a UUID, so they never meet), and downloads that answer with a redirect only.
const INHERENT = ["no-ambiguous-paths", "operation-2xx-response"];

test("our document lints clean", async () => {
  expect(await lintOpenapi(await readDocument(), INHERENT)).toEqual({ errors: [], warnings: [] });
});

test("the generated client has exactly our operations", async () => {
  const document = await readDocument();
  const client = await generateClient(document, { baseUrl: "http://127.0.0.1:1", apiKey: "unused" });
  const documented = operationsOf(document).map(({ operationId }) => operationId);
  expect(client.operationIds.toSorted()).toEqual(documented.toSorted());
});
