// The documentation portal's script from the installed package, for the runtimes that have a file system (Bun, Node,
// Deno). Read when it is first asked for; a deployment without node_modules just has no portal.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { DocsAssets } from "../docs/portal.ts";

export function installedDocsAssets(): DocsAssets {
  let script: Promise<Uint8Array<ArrayBuffer> | null> | undefined;
  return { script: () => (script ??= readScript()) };
}

async function readScript(): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await readFile(fileURLToPath(import.meta.resolve("rapidoc/dist/rapidoc-min.js")));
  } catch {
    return null;
  }
}
