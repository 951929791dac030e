import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { limitCells } from "./limits.ts";

test("the README shows what cannot run where", async () => {
  const readme = await readFile(join(import.meta.dir, "../../README.md"), "utf8");
  // How wide the columns are is the formatter's business.
  const rows = readme.split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  for (const cells of limitCells()) expect(rows).toContainEqual([...cells]);
});
