// The cache of prepared statements: bounded, least recently used first, each evicted one finalized.
import { expect, test } from "bun:test";
import {
  CACHED_STATEMENTS_MAX,
  makeStatementCache,
} from "../../../../adapters/libsql/embedded/statement-cache.ts";

test("it holds its bound of statements, drops the least recently used, and prepares a text once while it holds it", () => {
  const prepared: string[] = [];
  const finalized: string[] = [];
  const cache = makeStatementCache((sql) => {
    prepared.push(sql);
    return { all: () => [], finalize: () => void finalized.push(sql) };
  });
  for (let index = 0; index < CACHED_STATEMENTS_MAX; index++) cache.get(`s${index}`);
  expect(cache.get("s0")).toBe(cache.get("s0"));
  expect(prepared).toHaveLength(CACHED_STATEMENTS_MAX);
  expect(finalized).toEqual([]);

  cache.get("one more");
  expect(cache.size()).toBe(CACHED_STATEMENTS_MAX);
  expect(finalized).toEqual(["s1"]);

  cache.clear();
  expect(cache.size()).toBe(0);
  expect(new Set(finalized).size).toBe(CACHED_STATEMENTS_MAX + 1);
});
