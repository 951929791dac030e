// What a send costs at least: the same form parsed by Hono, one insert that is on the disk before it goes on, one signed
// call to the provider. No key, no limits, no MIME, no content kept, nothing recorded after the call.
// Arguments: a folder, the provider's URL, and `alone` (a transaction for each insert) or `grouped` (whatever waits).
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { AwsClient } from "aws4fetch";
import { Hono } from "hono";
import { SANDBOX_CREDENTIALS, SANDBOX_REGION } from "../../../edge/sandbox/endpoints.ts";

const [folder = "", providerUrl = "", grouping = ""] = process.argv.slice(2);

type Mail = readonly [id: string, useCaseId: string, to: string, subject: string, createdAt: number];

const database = new Database(join(folder, `bare-${grouping}.db`), { create: true });
database.run("PRAGMA journal_mode = WAL");
database.run("PRAGMA synchronous = FULL");
database.run(
  "CREATE TABLE mail (id TEXT PRIMARY KEY, use_case TEXT, recipient TEXT, subject TEXT, created_at INTEGER)",
);
const insert = database.prepare<unknown, [...Mail]>("INSERT INTO mail VALUES (?, ?, ?, ?, ?)");

let waiting: { readonly mail: Mail; readonly done: () => void }[] = [];
const insertAll = database.transaction((mails: readonly Mail[]) => {
  for (const mail of mails) insert.run(...mail);
});

function storeGrouped(mail: Mail): Promise<void> {
  if (waiting.length === 0)
    setImmediate(() => {
      const group = waiting;
      waiting = [];
      insertAll(group.map((one) => one.mail));
      for (const { done } of group) done();
    });
  return new Promise((done) => void waiting.push({ mail, done }));
}

const store = grouping === "grouped" ? storeGrouped : (mail: Mail): unknown => insert.run(...mail);

const aws = new AwsClient({ ...SANDBOX_CREDENTIALS, region: SANDBOX_REGION, service: "ses", retries: 0 });
const app = new Hono();
app.post("/send", async (context) => {
  const form = await context.req.parseBody();
  const text = (name: string): string => {
    const value = form[name];
    return typeof value === "string" ? value : "";
  };
  const id = crypto.randomUUID();
  await store([id, text("use_case_id"), text("to_address"), text("subject"), Date.now()]);
  const answer = await aws.fetch(`${providerUrl}/v2/email/outbound-emails`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      FromEmailAddress: "reminders1@mail1.example",
      Destination: { ToAddresses: [text("to_address")] },
      Content: {
        Simple: { Subject: { Data: text("subject") }, Body: { Html: { Data: text("body_html") } } },
      },
    }),
  });
  const { MessageId } = (await answer.json()) as { MessageId: string };
  return context.json({ id, message_id: MessageId }, 201);
});

const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
process.send?.({ url: `http://127.0.0.1:${server.port}` });
