import { describe, expect, test } from "bun:test";
import { makeIdSource } from "../../../adapters/system/id-source.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOON = Date.UTC(2026, 0, 2, 12);

function idsAt(times: readonly number[]): string[] {
  let at = 0;
  const source = makeIdSource({ now: () => times[Math.min(at++, times.length - 1)] ?? 0 });
  return times.map(() => source.newId());
}

describe("id source", () => {
  test("ids are UUID v7 that begin with the time", () => {
    const [id = ""] = idsAt([NOON]);
    expect(id).toMatch(UUID_V7);
    expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(NOON);
  });

  const rows: readonly (readonly [string, readonly number[]])[] = [
    ["the clock goes on", Array.from({ length: 100 }, (_, i) => NOON + i)],
    [
      "the clock stands still for longer than one millisecond's counter",
      Array.from({ length: 10_000 }, () => NOON),
    ],
    ["the clock goes back an hour", [NOON, NOON + 1, NOON - 3_600_000, NOON - 3_600_000, NOON + 2]],
  ];
  test.each(rows)("ids are different and increasing when %s", (_, times) => {
    const ids = idsAt(times);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.filter((id) => !UUID_V7.test(id))).toEqual([]);
  });

  test("two sources at the same time do not make the same ids", () => {
    const times = Array.from({ length: 1000 }, () => NOON);
    expect(new Set([...idsAt(times), ...idsAt(times)]).size).toBe(2000);
  });
});
