import { describe, expect, test } from "bun:test";
import { makeLapsingSlots, makeQueuedSlots } from "../../../adapters/system/slots.ts";

describe("slots of a long-lived process", () => {
  test("never more at once than there are, and first come is first served", async () => {
    const slots = makeQueuedSlots(2, 100);
    let atOnce = 0;
    let most = 0;
    const begun: number[] = [];
    await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const release = await slots.take();
        begun.push(n);
        most = Math.max(most, (atOnce += 1));
        await new Promise((resolve) => setTimeout(resolve, n % 3));
        atOnce -= 1;
        release?.();
      }),
    );
    expect(most).toBe(2);
    expect(begun).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });

  test("whoever finds the line full does not wait", async () => {
    const slots = makeQueuedSlots(1, 1);
    const first = await slots.take();
    const second = slots.take();
    expect(await slots.take()).toBeNull();
    first?.();
    expect(await second).toBeFunction();
  });

  test("a place that is given back twice is one place", async () => {
    const slots = makeQueuedSlots(1, 0);
    const release = await slots.take();
    release?.();
    release?.();
    expect(await slots.take()).toBeFunction();
    expect(await slots.take()).toBeNull();
  });
});

describe("slots on Workers", () => {
  test("nobody waits; what is given back, or forgotten for long enough, is free", async () => {
    let now = 0;
    const slots = makeLapsingSlots(1, 1000, () => now);
    const release = await slots.take();
    expect(await slots.take()).toBeNull();
    release?.();
    expect(await slots.take()).toBeFunction();
    expect(await slots.take()).toBeNull();
    now = 1000;
    expect(await slots.take()).toBeFunction();
  });
});
