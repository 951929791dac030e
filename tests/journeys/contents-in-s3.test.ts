// Contents in S3: read back through presigned URLs; and when S3 refuses, a send that leaves
// nothing behind, so that the same request succeeds once it is well again.
import { test } from "bun:test";
import assert from "node:assert/strict";
import { randomFile } from "../support/mail-sender.ts";
import { startOwnProgram } from "../support/own-program.ts";
import { assertProblem, assertRefused, type RefusalRow } from "../support/refusals.ts";

const { world } = await startOwnProgram({ environment: { BLOB_STORE: "s3://postrider-journeys/contents" } });

const STORAGE_UNAVAILABLE = {
  status: 503,
  code: "storage_unavailable",
  headers: { "retry-after": /^[1-9]\d*$/ },
};

test("a file is downloaded from S3 itself, under its own name", async () => {
  const sender = await (await world.newWorkspace()).sender();
  const { workspace } = sender;
  const file = randomFile("Überweisung №1.pdf", 70_000);
  const page = { ...randomFile("page.html", 10, "text/html"), octets: new TextEncoder().encode("<script>") };
  const sent = await sender.send({ attachments: [file, page] });
  const download = async ({ name }: { readonly name: string }) => {
    const path = workspace.path(`/email/${sent.id}/attachment/${encodeURIComponent(name)}`);
    const redirect = await workspace.api.call("GET", path);
    const location = redirect.headers.get("location") ?? "";
    assert.ok(location.startsWith(world.sandbox.url), location);
    // Names are nowhere in the key: they would be in S3's logs.
    assert.ok(!new URL(location).pathname.includes("berweisung"));
    return world.anonymous.call("GET", location);
  };
  const got = await download(file);
  assert.deepEqual([got.status, got.headers.get("content-type")], [200, "application/pdf"]);
  assert.deepEqual(got.octets, file.octets);
  assert.equal(
    got.headers.get("content-disposition"),
    `attachment; filename="_berweisung _1.pdf"; filename*=UTF-8''%C3%9Cberweisung%20%E2%84%961.pdf`,
  );
  const html = await download(page);
  assert.equal(html.headers.get("content-type"), "application/octet-stream");
  assert.match(html.headers.get("content-disposition") ?? "", /^attachment;/);
});

test("a send whose contents cannot be stored is refused whole", async () => {
  const sender = await (await world.newWorkspace()).sender();
  const { workspace } = sender;
  const to = sender.newRecipient();
  const fields = { to_address: to, attachments: [randomFile("a.pdf", 1_000), randomFile("b.pdf", 1_000)] };
  const troubled = (name: string, fail: object): RefusalRow => ({
    name,
    ask: () =>
      world.sandbox.withFaults({ s3: { fail: { operation: "PutObject", times: 10, ...fail } } }, () =>
        sender.post(fields, "k1"),
      ),
    ...STORAGE_UNAVAILABLE,
  });
  await assertRefused(workspace, [
    troubled("every upload refused", { status: 403 }),
    troubled("every upload failing", { status: 500 }),
    troubled("every upload slowed down", { status: 503 }),
    troubled("failing after it was stored", { status: 500, after_accept: true }),
  ]);
  assert.deepEqual(await world.sandbox.mailbox(to), []);
  assert.equal((await sender.post(fields, "k1")).status, 201);
  await world.sandbox.onlyMail(to);
});

test("a body that cannot be read now is not said to be gone", async () => {
  const sender = await (await world.newWorkspace()).sender();
  const { workspace } = sender;
  const sent = await sender.send();
  const read = () => workspace.api.call("GET", workspace.path(`/email/${sent.id}/body`));
  const fail = { operation: "GetObject", status: 500, times: 10 };
  assertProblem(await world.sandbox.withFaults({ s3: { fail } }, read), STORAGE_UNAVAILABLE);
  assert.equal((await read()).status, 200);
});
