// How much one call of a timer or cron does: a share after the other while there is a whole one, and no more than ten.
import { expect, test } from "bun:test";
import type { Task } from "../../../core/tasks/task.ts";
import { tickAndLog } from "../../../edge/runtime/ticking.ts";
import { makeSetupWorld } from "../../support/own-setup-world.ts";

/** Of a use case that is not there: a quick task. */
const quick = (n: number): Task => ({
  kind: "review_tier",
  subjectId: `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`,
  fence: 1,
  attempts: 1,
});

test.each([
  ["nothing", 0, 0],
  ["less than a share", 19, 19],
  ["two shares and a bit", 45, 45],
  ["more than one call does", 1000, 200],
])("%s: of %i tasks %i are done", async (_, due, done) => {
  const { ports } = await makeSetupWorld();
  const left = Array.from({ length: due }, (_, n) => quick(n));
  const completed: Task[] = [];
  const tasks = {
    ...ports.tasks,
    claimDue: async (limit: number) => left.splice(0, limit),
    complete: async (task: Task) => void completed.push(task),
  };
  await tickAndLog({ ...ports, tasks }, (line) => expect(line).toBeUndefined());
  expect(completed.length).toBe(done);
});

test("what failed is logged, and ends nothing", async () => {
  const { ports } = await makeSetupWorld();
  const left = Array.from({ length: 25 }, (_, n) => quick(n));
  const lines: object[] = [];
  const postponed: Task[] = [];
  const tasks = {
    ...ports.tasks,
    claimDue: async (limit: number) => left.splice(0, limit),
    postpone: async (task: Task) => void postponed.push(task),
  };
  const reputation = { ...ports.reputation, find: () => Promise.reject(new Error("no storage")) };
  await tickAndLog({ ...ports, tasks, reputation }, (line) => void lines.push(line));
  expect(lines).toHaveLength(25);
  expect(lines[0]).toMatchObject({ message: "task", task: "review_tier", reason: "no storage" });
  expect(postponed).toHaveLength(25);
});
