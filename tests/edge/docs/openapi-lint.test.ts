import { expect, test } from "bun:test";
import sample from "../../fixtures/openapi/sample.json";
import { lintOpenapi } from "../../support/openapi-lint.ts";

test("a sound document has no findings", async () => {
  expect(await lintOpenapi(sample)).toEqual({ errors: [], warnings: [] });
});

test("faults are found, and say where", async () => {
  const broken = structuredClone(sample);
  broken.paths["/v1/ses-setup"].post.operationId = "sendEmail";
  broken.paths["/v1/ses-setup"].get.responses["401"].$ref = "#/components/responses/Nowhere";
  const { errors } = await lintOpenapi(broken);
  expect(errors).toContainEqual(
    expect.stringContaining("no-unresolved-refs at #/paths/~1v1~1ses-setup/get/responses/401"),
  );
  expect(errors).toContainEqual(expect.stringContaining("operation-operationId-unique"));
});

test("a rule can be left out by name", async () => {
  const { license: _, ...info } = sample.info;
  const unlicensed = { ...sample, info };
  expect((await lintOpenapi(unlicensed)).warnings).toContainEqual(expect.stringContaining("info-license"));
  expect((await lintOpenapi(unlicensed, ["info-license"])).warnings).toEqual([]);
});
