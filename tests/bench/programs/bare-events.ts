// What taking an event costs at least: the SNS signature checked by WebCrypto, one insert that is on the disk before the
// answer. No parsing of the event, no ledger, nothing folded. The key is at hand; no certificate is fetched.
// Argument: a folder.
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { Hono } from "hono";
import { SNS_PUBLIC_KEY } from "../../support/sns-signer.ts";

const [folder = ""] = process.argv.slice(2);

const database = new Database(join(folder, "bare-events.db"), { create: true });
database.run("PRAGMA journal_mode = WAL");
database.run("PRAGMA synchronous = FULL");
database.run("CREATE TABLE event (id TEXT PRIMARY KEY, message TEXT)");
const insert = database.prepare<unknown, [string, string]>(
  "INSERT INTO event VALUES (?, ?) ON CONFLICT DO NOTHING",
);

const der = Uint8Array.fromBase64(SNS_PUBLIC_KEY.replace(/-----[^-]+-----|\s/g, ""));
const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const key = await crypto.subtle.importKey("spki", der, RSA, false, ["verify"]);

const SIGNED = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const encoder = new TextEncoder();

const app = new Hono();
app.post("/hook", async (context) => {
  const notification = JSON.parse(await context.req.text()) as Record<string, string>;
  const signed = SIGNED.map((name) => `${name}\n${notification[name]}\n`).join("");
  const signature = Uint8Array.fromBase64(notification["Signature"] ?? "");
  if (!(await crypto.subtle.verify(RSA.name, key, signature, encoder.encode(signed))))
    return context.text("", 403);
  insert.run(notification["MessageId"] ?? "", notification["Message"] ?? "");
  return context.text("recorded");
});

const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
process.send?.({ url: `http://127.0.0.1:${server.port}` });
