// Refusals as rows of a table: what is asked, and the problem it is answered with. A table must also leave nothing
// behind: not a row, not an object at the provider, not a stored octet.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { type ApiAnswer, jsonOf } from "./api-client.ts";
import type { Problem } from "./api-shapes.ts";
import type { Workspace } from "./world.ts";

export type ExpectedProblem = {
  readonly status: number;
  readonly code: string;
  /** Further members of the problem, to the letter. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Headers beside those that every problem has. */
  readonly headers?: Readonly<Record<string, RegExp>>;
  /** A field fault that must be among `errors`: where it points to. */
  readonly pointer?: string;
};
export type RefusalRow = ExpectedProblem & { readonly name: string; readonly ask: () => Promise<ApiAnswer> };

/** Asks every row and names each one that was answered otherwise or left something behind. */
export async function assertRefused(workspace: Workspace, rows: readonly RefusalRow[]): Promise<void> {
  assert.ok(rows.length > 0, "a table without rows proves nothing");
  const faults: string[] = [];
  const before = await workspace.trace();
  for (const row of rows) {
    const answer = await row.ask();
    try {
      assertProblem(answer, row);
    } catch (fault) {
      faults.push(`"${row.name}": ${fault instanceof Error ? fault.message : String(fault)}`);
    }
  }
  // Looking takes ten times as long as asking: only when something is left is it asked of which row.
  if (!isDeepStrictEqual(await workspace.trace(), before))
    faults.push(...(await whatLeaves(workspace, rows)));
  assert.equal(faults.length, 0, `${faults.length} faults of ${rows.length} rows:\n${faults.join("\n")}`);
}

/** Asks every row again, and names each one that leaves something behind. */
async function whatLeaves(workspace: Workspace, rows: readonly RefusalRow[]): Promise<readonly string[]> {
  const faults = ["the rows left something behind; asked again:"];
  let before = await workspace.trace();
  for (const row of rows) {
    await row.ask();
    const after = await workspace.trace();
    if (!isDeepStrictEqual(after, before)) faults.push(`"${row.name}" leaves something behind`);
    before = after;
  }
  return faults;
}

/** The problem, after comparing it with what was expected and with what every problem has (RFC 9457). */
export function assertProblem(answer: ApiAnswer, expected: ExpectedProblem): Problem {
  const seen = `${answer.status} ${answer.text.slice(0, 400)}`;
  assert.equal(answer.status, expected.status, `expected ${expected.status} ${expected.code}, got ${seen}`);
  assert.equal(answer.headers.get("content-type"), "application/problem+json", seen);
  const problem = jsonOf<Problem>(answer);
  assert.equal(problem.code, expected.code, seen);
  assert.equal(problem.status, expected.status);
  for (const text of [problem.type, problem.title, problem.detail]) assert.ok(text !== "", seen);
  assert.equal(problem.request_id, answer.headers.get("x-request-id"));
  // Never a stack, SQL or an upstream body.
  assert.doesNotMatch(answer.text, /\.ts:\d|node_modules|SELECT |INSERT |<\?xml|__type/);
  const members = problem as unknown as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(expected.members ?? {}))
    assert.deepEqual(members[name], value, seen);
  for (const [name, value] of Object.entries(expected.headers ?? {}))
    assert.match(answer.headers.get(name) ?? "", value, `header ${name}`);
  if (expected.pointer !== undefined) {
    const pointers = (problem.errors ?? []).map(({ pointer }) => pointer);
    assert.ok(pointers.includes(expected.pointer), `${expected.pointer} is not among ${pointers.join(", ")}`);
  }
  return problem;
}
