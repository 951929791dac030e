// `bun run bench [row ...]`: measures this machine, one row after the other, and prints what we
// reach beside what we are held against. It always ends with 0: a figure that is missed is a fact to know, no crash.
import type { BenchRow, Figure, NotMeasured } from "./figure.ts";
import { describeMachine } from "./machine.ts";
import { coreSizeRow } from "./rows/core-size.ts";
import { eventsRow } from "./rows/events.ts";
import { inboundRow } from "./rows/inbound.ts";
import { largestSendRow } from "./rows/largest-send.ts";
import { mimeRow } from "./rows/mime.ts";
import { rebuildRow } from "./rows/rebuild.ts";
import { roundTripsRow } from "./rows/round-trips.ts";
import { sendRow } from "./rows/send.ts";
import { workerRow } from "./rows/worker.ts";

const ROWS: readonly BenchRow[] = [
  sendRow,
  largestSendRow,
  mimeRow,
  inboundRow,
  eventsRow,
  rebuildRow,
  roundTripsRow,
  workerRow,
  coreSizeRow,
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !ROWS.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(`There is no row ${unknown.join(", ")}. Rows: ${ROWS.map(({ name }) => name).join(", ")}.`);
  process.exit(1);
}

const COLUMNS = [52, 14, 14, 8, 12] as const;
const line = (...cells: readonly string[]): string =>
  cells
    .map((cell, column) => (column === 0 ? cell.padEnd(COLUMNS[0]) : cell.padStart(COLUMNS[column] ?? 0)))
    .join("  ");

function print(result: Figure | NotMeasured): void {
  if ("missing" in result)
    return console.log(`${result.what.padEnd(COLUMNS[0])}  not measured: ${result.missing}`);
  const { what, ours, reference, ratio, goal, passes } = result;
  const shownRatio = ratio === null ? "" : `${ratio.toFixed(2)} x`;
  console.log(`${line(what, ours, reference ?? "", shownRatio, goal)}  ${passes ? "pass" : "FAIL"}`);
}

console.log(`${await describeMachine()}\n`);
console.log(line("figure", "ours", "reference", "ratio", "to reach"));
const results: (Figure | NotMeasured)[] = [];
for (const row of ROWS) {
  if (wanted.length > 0 && !wanted.includes(row.name)) continue;
  const found = await row.run();
  found.forEach(print);
  results.push(...found);
}
const figures = results.filter((result) => "passes" in result);
console.log(`\n${figures.filter(({ passes }) => passes).length} of ${figures.length} figures reached.`);
process.exit(0);
