// What other programs load with `import ... from "postrider/core"`: the whole of it in one minified module, and how many
// packages it needs.
import { join } from "node:path";
import { type BenchRow, type Figure, within } from "../figure.ts";

async function run(): Promise<readonly Figure[]> {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "../../../core/index.ts")],
    target: "browser",
    minify: true,
    packages: "external",
  });
  const code = (await built.outputs[0]?.text()) ?? "";
  const { imports } = new Bun.Transpiler({ loader: "js" }).scan(code);
  return [
    within("core, minified", Buffer.byteLength(code) / 1024, 40, "KB"),
    within("core, dependencies", imports.length, 0, "packages"),
  ];
}

export const coreSizeRow: BenchRow = { name: "core", run };
