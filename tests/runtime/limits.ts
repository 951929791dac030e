// What cannot run where, and why: the one table of it. The README shows the same, and a test holds them together.

type RuntimeLimit = {
  readonly what: string;
  readonly bun: string;
  readonly deno: string;
  readonly node: string;
  readonly workers: string;
  readonly why: string;
};

const RUNTIME_LIMITS: readonly RuntimeLimit[] = [
  {
    what: "database in a file",
    bun: "yes",
    deno: "yes",
    node: "yes",
    workers: "no",
    why: "Workers have no files: `DATABASE_URL` names a libSQL server",
  },
  {
    what: "contents in a folder",
    bun: "yes",
    deno: "yes",
    node: "yes",
    workers: "no",
    why: "the same: `BLOB_STORE=s3://…`, R2 for example",
  },
  {
    what: "migrations at the start",
    bun: "yes",
    deno: "yes",
    node: "yes",
    workers: "no",
    why: "a Worker starts anew in every isolate: `bun run migrate` before it is deployed; until then `/readyz` is 503",
  },
  {
    what: "keys made at the first start",
    bun: "yes",
    deno: "yes",
    node: "yes",
    workers: "no",
    why: "nowhere to keep or show them: `SIGNING_KEYS` and `OPERATOR_API_KEY` are set",
  },
  {
    what: "the sandbox in the same process",
    bun: "yes",
    deno: "no",
    node: "no",
    workers: "no",
    why: "it is built on Bun: `bun run sandbox` beside it, and `SANDBOX_URL`",
  },
  {
    what: "writes of parallel requests in one transaction",
    bun: "yes",
    deno: "yes",
    node: "yes",
    workers: "no",
    why: "requests of an isolate may share no connection, promise or queue: each write is a batch of its own, two at a time",
  },
  {
    what: "bodies in flight, together",
    bun: "128 MB",
    deno: "128 MB",
    node: "128 MB",
    workers: "32 MB",
    why: "an isolate has 128 MB for everything: one of the largest sends at a time, others wait with 503 `busy`",
  },
  {
    what: "the largest message is rendered as it is sent",
    bun: "yes",
    deno: "no",
    node: "yes",
    workers: "yes",
    why: "Deno's `fetch` sends a stream without its length, which AWS refuses: the body is held whole (some 50 MB)",
  },
  {
    what: "`migrate` and `build:worker`",
    bun: "yes",
    deno: "no",
    node: "no",
    workers: "no",
    why: "commands of whoever deploys, written for one runtime; npm installs it",
  },
];

/** The cells of the table, row by row, with its head. */
export const limitCells = (): readonly (readonly string[])[] => [
  ["", "Bun", "Deno", "Node", "Workers", ""],
  ...RUNTIME_LIMITS.map(({ what, bun, deno, node, workers, why }) => [what, bun, deno, node, workers, why]),
];
