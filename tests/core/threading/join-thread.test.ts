import { expect, test } from "bun:test";
import type { LateParent } from "../../../core/ports/inbound-store.ts";
import type { Task } from "../../../core/tasks/task.ts";
import { joinThread } from "../../../core/threading/join-thread.ts";
import type { Placement, StoredMessage, WaitingMessage } from "../../../core/threading/place-in-thread.ts";

const task = { subjectId: "sent" } as Task;

const sent: StoredMessage = {
  id: "sent",
  threadId: "1",
  useCaseId: "use case",
  correspondent: "ann@post.example",
  ownsThread: true,
};
const answer = (id: string, changes: Partial<WaitingMessage> = {}): WaitingMessage => ({
  ...sent,
  id,
  threadId: id,
  leadsToCited: false,
  ...changes,
});

/** What waits at each look, null: nothing is found; a joining fails until the store was asked so often. */
function storeWith(looks: readonly (readonly WaitingMessage[] | null)[], failures = 0) {
  const joinings: {
    readonly version: string;
    readonly moves: Pick<Placement, "threadId" | "adopts" | "absorbs">;
  }[] = [];
  let asked = 0;
  const inbound = {
    findLateParent(emailId: string): Promise<LateParent | null> {
      expect(emailId).toBe("sent");
      const waiting = looks[Math.min(asked, looks.length - 1)] ?? null;
      asked += 1;
      const version = String(asked);
      return Promise.resolve(
        waiting && { message: sent, view: { version, cited: [], waiting, addressedUseCaseId: null } },
      );
    },
    joinLate(
      { view }: LateParent,
      moves: Pick<Placement, "threadId" | "adopts" | "absorbs">,
    ): Promise<boolean> {
      joinings.push({ version: view.version, moves });
      return Promise.resolve(joinings.length > failures);
    },
  };
  return { inbound, joinings };
}

const DONE = { kind: "done" } as const;

test("nobody waits, or the mail is not known to be sent", async () => {
  const { inbound, joinings } = storeWith([null]);
  expect(await joinThread({ inbound }, task)).toEqual(DONE);
  expect(joinings).toEqual([]);
});

test("answers join their parent, on what was seen", async () => {
  const { inbound, joinings } = storeWith([[answer("2"), answer("3")]]);
  expect(await joinThread({ inbound }, task)).toEqual(DONE);
  expect(joinings).toEqual([
    { version: "1", moves: { threadId: "1", adopts: ["2", "3"], absorbs: ["2", "3"] } },
  ]);
});

test("what waits and may not join is left where it is", async () => {
  const { inbound, joinings } = storeWith([[answer("2", { useCaseId: "another" })]]);
  expect(await joinThread({ inbound }, task)).toEqual(DONE);
  expect(joinings).toEqual([]);
});

test("when another message was filed in between, it looks again and decides anew", async () => {
  const { inbound, joinings } = storeWith([[answer("2")], [answer("2"), answer("3")], null], 1);
  expect(await joinThread({ inbound }, task)).toEqual(DONE);
  expect(joinings.map(({ version, moves }) => [version, moves.adopts])).toEqual([
    ["1", ["2"]],
    ["2", ["2", "3"]],
  ]);
});

test("when that never ends, the task fails and is tried later", async () => {
  const { inbound, joinings } = storeWith([[answer("2")]], Number.POSITIVE_INFINITY);
  expect(await joinThread({ inbound }, task)).toMatchObject({ kind: "failed" });
  expect(joinings).toHaveLength(20);
});
