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
    what: "database in a file, contents in a folder",
    bun: "yes",
    deno: "yes",
    node: "yes",
    workers: "no",
    why: "Workers have no files: `DATABASE_URL` names a libSQL server, `BLOB_STORE` S3 or R2",
  },
  {
    what: "migrations and keys made at the start",
    bun: "yes",
    deno: "yes",
    node: "yes",
    workers: "no",
    why: "a Worker starts anew in every isolate: `bun run migrate` before it is deployed; `SIGNING_KEYS` and `OPERATOR_API_KEY` are set",
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
    what: "mails received at once, beside the tick's one",
    bun: "4",
    deno: "4",
    node: "4",
    workers: "1",
    why: "each is held whole, up to 40 MB; on Workers the others of a burst wait for the cron trigger",
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
