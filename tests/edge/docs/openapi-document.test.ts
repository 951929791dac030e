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

test("an answer that is no JSON says of which types it may be", async () => {
  const operations = operationsOf(await readDocument());
  const typesOf = (id: string, status: string): readonly string[] =>
    operations.flatMap(({ operationId, responses }) =>
      operationId === id ? Object.keys(responses[status]?.content ?? {}) : [],
    );
  expect(typesOf("getEmailBody", "200")).toEqual(["text/html"]);
  expect(typesOf("getInboundEmailBody", "200")).toEqual(["text/html", "text/plain"]);
  expect(typesOf("getInboundEmailRaw", "307")).toEqual([]);
});

test("what any operation may refuse is documented at each: unknown parameters, and a workspace that is not there", async () => {
  const operations = operationsOf(await readDocument());
  const codesOf = ({ responses }: (typeof operations)[number], status: string): string =>
    responses[status]?.description ?? "";
  for (const operation of operations) expect(codesOf(operation, "422")).toContain("`validation_failed`");
  const nameWorkspaces = operations.filter(
    ({ path, parameters }) =>
      path.includes("{workspace_id}") || parameters?.some(({ name }) => name === "Workspace-Id"),
  );
  expect(nameWorkspaces.length).toBeGreaterThan(0);
  for (const operation of nameWorkspaces)
    expect(codesOf(operation, "404")).toContain("`workspace_not_found`");
});
