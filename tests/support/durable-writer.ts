// A process that writes workspaces into a database file and prints each id once its write has answered. Started by tests
// that kill it or run two at once: `<runtime> durable-writer.ts <file> <prefix> [count]`, for ever without a count.
import type { Database } from "../../adapters/libsql/database.ts";

const [path = "", prefix = "", count = "Infinity"] = process.argv.slice(2);
const WRITES_AT_ONCE = 8;

const driver = "Bun" in globalThis ? "bun-sqlite" : "node-sqlite";
const { openEmbedded } = (await import(`../../adapters/libsql/embedded/${driver}.ts`)) as {
  openEmbedded(path: string): Promise<Database>;
};
const database = await openEmbedded(path);
let next = 0;

async function writeOn(): Promise<void> {
  while (next < Number(count)) {
    const id = `${prefix}${next++}`;
    await database.write({
      statements: [{ sql: "INSERT INTO workspace (id, name, created_at) VALUES (?, '', 0)", args: [id] }],
      outcome: () => null,
    });
    console.log(id);
  }
}

await Promise.all(Array.from({ length: WRITES_AT_ONCE }, writeOn));
await database.close();
