import { expect, test } from "bun:test";
import type { Caller } from "../../core/access/caller.ts";
import { makeCallerCache } from "../../edge/caller-cache.ts";

const caller = (keyId: string, expiresAt: number | null = null): Caller => ({
  kind: "api_key",
  keyId,
  workspaceId: "workspace",
  permissions: ["Channel.view"],
  expiresAt,
});

test("remembers a caller for five seconds", () => {
  const cache = makeCallerCache();
  cache.remember("digest", caller("key"), 1_000);
  expect(cache.find("digest", 5_999)).toEqual(caller("key"));
  expect(cache.find("digest", 6_000)).toBeNull();
});

test("forgets a key that expires before that", () => {
  const cache = makeCallerCache();
  cache.remember("digest", caller("key", 2_000), 1_000);
  expect(cache.find("digest", 1_999)).not.toBeNull();
  expect(cache.find("digest", 2_000)).toBeNull();
});

test("forgets a revoked key at once, and no other", () => {
  const cache = makeCallerCache();
  cache.remember("a", caller("revoked"), 0);
  cache.remember("b", caller("kept"), 0);
  cache.forget("revoked", 1);
  expect(cache.find("a", 1)).toBeNull();
  expect(cache.find("b", 1)).not.toBeNull();
});

test("holds a bounded number: the oldest go", () => {
  const cache = makeCallerCache();
  for (let index = 0; index <= 10_000; index++) cache.remember(`digest-${index}`, caller("key"), 0);
  expect(cache.find("digest-0", 1)).toBeNull();
  expect(cache.find("digest-10000", 1)).not.toBeNull();
});

test("a look-up that was under way when its key was revoked is not remembered", () => {
  const cache = makeCallerCache();
  cache.forget("revoked", 1_000);
  cache.remember("digest", caller("revoked"), 1_001);
  expect(cache.find("digest", 1_002)).toBeNull();
});

test("a clock that is set back ends a memory", () => {
  const cache = makeCallerCache();
  cache.remember("digest", caller("key"), 3_600_000);
  expect(cache.find("digest", 0)).toBeNull();
});
