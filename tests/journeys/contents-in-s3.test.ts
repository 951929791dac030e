// Contents in S3: read back through presigned URLs; and when S3 refuses, a send that leaves
// nothing behind, so that the same request succeeds once it is well again, and mail that arrives is not shown half-done.
import { test } from "bun:test";
import assert from "node:assert/strict";
import {
  askInbound,
  arrive,
  downloaded,
  inboundList,
  messageOf,
  receive,
  received,
} from "../support/inbound-mail.ts";
import { type MailSender, randomFile } from "../support/mail-sender.ts";
import { startOwnProgram } from "../support/own-program.ts";
import { assertProblem, assertRefused, type RefusalRow } from "../support/refusals.ts";
import { startStubServer } from "../support/stub-server.ts";
import { until } from "../support/until.ts";
import type { World } from "../support/world.ts";

const environment = { BLOB_STORE: "s3://postrider-journeys/contents" };
const { world } = await startOwnProgram({ environment });

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

const MULTIPART = messageOf(
  { From: "pat@example.org", Subject: "card", "Content-Type": 'multipart/mixed; boundary="b"' },
  [
    "--b\r\nContent-Type: text/html\r\n\r\n<p>Here it is</p>",
    '--b\r\nContent-Type: application/pdf; name="card.pdf"\r\n\r\nthe card',
    "--b--",
  ].join("\r\n"),
);
const BACKOFF_MS = 60_000;
/** S3 is waited for 20 s. */
const SILENT_S3_MS_MAX = 90_000;

const statusesOf = async (operation: string): Promise<readonly (number | "timeout")[]> =>
  (await world.sandbox.calls(operation)).map(({ status }) => status);

/** Ticks, each later than the one before, until the mail is there; looks first that it is not. */
async function ticksUntilListed(sender: MailSender, tries: number): Promise<void> {
  for (let later = 1; later <= tries; later += 1) {
    assert.deepEqual((await inboundList(sender)).emails, []);
    const now = new Date(Date.now() + later ** 2 * BACKOFF_MS).toISOString();
    await world.operator.expect(200, "POST", "/v1/operator/tick", { json: { now } });
  }
  await received(sender, 1);
}

test("a mail that arrives is shown once all of it could be stored", async () => {
  const sender = await (await world.newWorkspace()).sender();
  // Raw, body and file: each of them once, before it is stored or after.
  const fail = [
    { operation: "PutObject", status: 500 },
    { operation: "PutObject", status: 503, after_accept: true },
    { operation: "PutObject", status: 403 },
  ];
  await world.sandbox.clearCalls();
  await world.sandbox.withFaults({ s3: { fail } }, async () => {
    await arrive(sender, MULTIPART);
    await until(
      "the first try has failed",
      () => statusesOf("PutObject"),
      ({ length }) => length > 0,
    );
    await ticksUntilListed(sender, fail.length);
  });
  assert.deepEqual(await statusesOf("PutObject"), [500, 503, 403, 200, 200, 200]);
  const { emails } = await inboundList(sender);
  assert.deepEqual([emails.length, emails[0]?.subject, emails[0]?.has_attachment], [1, "card", true]);
  assert.deepEqual((await downloaded(sender, emails[0]?.id ?? "", "/raw")).octets, MULTIPART);
});

const EMPTY_FILE = messageOf(
  { From: "pat@example.org", "Content-Type": 'multipart/mixed; boundary="b"' },
  '--b\r\nContent-Type: application/pdf; name="empty.pdf"\r\n\r\n\r\n--b--',
);

// Runtimes send an upload of no octets in ways of their own, and S3 takes none without its length.
const worlds: [runtime: string, world: World][] = [["bun", world]];
for (const runtime of ["node", "deno"] as const)
  worlds.push([runtime, (await startOwnProgram({ runtime, environment })).world]);

for (const [runtime, own] of worlds)
  test(`a mail without an octet, and one with an empty file, on ${runtime}`, async () => {
    const sender = await (await own.newWorkspace()).sender();
    const mail = await receive(sender, EMPTY_FILE);
    assert.deepEqual(
      mail.attachments.map(({ filename, size }) => [filename, size]),
      [["empty.pdf", 0]],
    );
    assert.equal((await downloaded(sender, mail.id, "/attachment/empty.pdf")).octets.length, 0);
    const nothing = await receive(sender, new Uint8Array(), { from: "pat@example.org" });
    assert.equal(nothing.from_address, "pat@example.org");
    assert.equal((await downloaded(sender, nothing.id, "/raw")).octets.length, 0);
  });

test("what arrived is read and downloaded from S3: while it is down, the answer says so, not that it is gone", async () => {
  const sender = await (await world.newWorkspace()).sender();
  await arrive(sender, MULTIPART);
  const [email] = await received(sender, 1);
  const id = email?.id ?? "";
  const fail = { operation: "GetObject", status: 500, times: 10 };
  await world.sandbox.withFaults({ s3: { fail } }, async () => {
    assertProblem(await askInbound(sender, id, "/body"), STORAGE_UNAVAILABLE);
    // Where to download from is known without asking; there it is S3 that answers.
    for (const ending of ["/raw", "/attachment/card.pdf"]) {
      const redirect = await askInbound(sender, id, ending);
      assert.equal(redirect.status, 307, ending);
      const location = redirect.headers.get("location") ?? "";
      assert.equal((await world.anonymous.call("GET", location)).status, 500, ending);
    }
  });
  assert.equal((await askInbound(sender, id, "/body")).text.trim(), "<p>Here it is</p>");
  assert.deepEqual((await downloaded(sender, id, "/raw")).octets, MULTIPART);
  assert.equal((await downloaded(sender, id, "/attachment/card.pdf")).text, "the card");
});

test(
  "a mail that S3 fails, refuses and never gives out is there once S3 does",
  async () => {
    const sender = await (await world.newWorkspace()).sender();
    const fail = [500, 403, "timeout"].map((status) => ({ operation: "GetObject", status }));
    await world.sandbox.clearCalls();
    await world.sandbox.withFaults({ s3: { fail } }, async () => {
      await arrive(sender, MULTIPART);
      await until(
        "the first try has failed",
        () => statusesOf("GetObject"),
        ({ length }) => length > 0,
      );
      await ticksUntilListed(sender, fail.length);
    });
    assert.deepEqual(await statusesOf("GetObject"), [500, 403, "timeout", 200]);
    assert.equal((await inboundList(sender)).emails.length, 1);
  },
  SILENT_S3_MS_MAX,
);

test("contents may lie in another service, by keys of its own; arriving mail is read from AWS all the same", async () => {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const bucket = startStubServer(({ method, target, body }) => {
    const [path = ""] = target.split("?");
    if (method === "PUT") kept.set(path, body);
    return new Response(kept.get(path) ?? "");
  });
  const { world: elsewhere } = await startOwnProgram({
    environment: {
      ...environment,
      BLOB_STORE_ENDPOINT_URL: `${bucket.url}/r2`,
      BLOB_STORE_ACCESS_KEY_ID: "KEY-OF-R2",
      BLOB_STORE_SECRET_ACCESS_KEY: "secret",
    },
  });
  const sender = await (await elsewhere.newWorkspace()).sender();
  const mail = await receive(sender, messageOf({ From: "pat@example.org", Subject: "Hello" }));
  assert.match((await downloaded(sender, mail.id, "/raw")).text, /^From: pat@example\.org/);
  assert.ok(
    kept.size > 0 && [...kept.keys()].every((key) => key.startsWith("/r2/postrider-journeys/contents/")),
  );
  for (const { headers, target } of bucket.requests)
    assert.match(
      headers.get("authorization") ?? decodeURIComponent(target),
      /Credential=KEY-OF-R2\/\d{8}\/auto\/s3\//,
    );
});
