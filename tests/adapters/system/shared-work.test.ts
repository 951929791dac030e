import { describe, expect, test } from "bun:test";
import { makeSharedWork, unsharedWork } from "../../../adapters/system/shared-work.ts";

/** Work that is told when to end, and says which run it was. */
function makeRuns() {
  const ends: ((fails?: boolean) => void)[] = [];
  const work = (): Promise<number> => {
    const run = ends.length + 1;
    return new Promise((resolve, reject) =>
      ends.push((fails = false) => (fails ? reject(new Error(`run ${run}`)) : resolve(run))),
    );
  };
  return { ends, work };
}
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("shared work", () => {
  test("is done once for all who ask meanwhile, and anew for who asks later", async () => {
    const shared = makeSharedWork();
    const { ends, work } = makeRuns();
    const asked = [shared.share("a", work), shared.share("a", work)];
    ends[0]?.();
    expect(await Promise.all(asked)).toEqual([1, 1]);
    const later = shared.share("a", work);
    ends[1]?.();
    expect(await later).toBe(2);
  });

  test("of two kinds is not shared", () => {
    const shared = makeSharedWork();
    const { ends, work } = makeRuns();
    void shared.share("a", work);
    void shared.shareNext("b", work);
    expect(ends).toHaveLength(2);
  });

  test("next: a run that began before is not enough, one that follows is for all", async () => {
    const shared = makeSharedWork();
    const { ends, work } = makeRuns();
    const first = shared.shareNext("a", work);
    const asked = [shared.shareNext("a", work), shared.shareNext("a", work)];
    await settled();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await settled();
    expect(ends).toHaveLength(2);
    const last = shared.shareNext("a", work);
    ends[1]?.();
    expect([await first, ...(await Promise.all(asked))]).toEqual([1, 2, 2]);
    await settled();
    ends[2]?.();
    expect(await last).toBe(3);
    expect(ends).toHaveLength(3);
  });

  test("next: the run before may fail", async () => {
    const shared = makeSharedWork();
    const { ends, work } = makeRuns();
    const first = shared.share("a", work);
    const next = shared.shareNext("a", work);
    ends[0]?.(true);
    expect(first).rejects.toThrow("run 1");
    await settled();
    ends[1]?.();
    expect(await next).toBe(2);
  });

  test("on Workers everybody does it", () => {
    const { ends, work } = makeRuns();
    void unsharedWork.share("a", work);
    void unsharedWork.shareNext("a", work);
    expect(ends).toHaveLength(2);
  });
});
