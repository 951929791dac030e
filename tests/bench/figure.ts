// One line of the bench: what we reach beside what we are held against, and whether that is enough.
// Rows make figures; main.ts prints them. A figure is never left out because it fails.

export type Figure = {
  readonly what: string;
  readonly ours: string;
  /** What the same machine did in the same run by the means we are compared with; null for a figure that is a size or a time. */
  readonly reference: string | null;
  readonly ratio: number | null;
  readonly goal: string;
  readonly passes: boolean;
};

/** A row could not be measured here: why. */
export type NotMeasured = { readonly what: string; readonly missing: string };

export type BenchRow = {
  readonly name: string;
  run(): Promise<readonly (Figure | NotMeasured)[]>;
};

/** Ours over the reference, which has to be at least `factor`. Higher is better. */
export const atLeast = (
  what: string,
  ours: number,
  reference: number,
  factor: number,
  unit: string,
): Figure => ({
  what,
  ours: `${format(ours)} ${unit}`,
  reference: `${format(reference)} ${unit}`,
  ratio: ours / reference,
  goal: `>= ${factor} x`,
  passes: ours / reference >= factor,
});

/** Ours over the reference, which has to be at most `factor`. Lower is better. */
export const atMost = (
  what: string,
  ours: number,
  reference: number,
  factor: number,
  unit: string,
): Figure => ({
  ...atLeast(what, ours, reference, factor, unit),
  goal: `<= ${factor} x`,
  passes: ours / reference <= factor,
});

/** A figure that stands for itself and has to stay below a limit. */
export const within = (what: string, ours: number, limit: number, unit: string): Figure => ({
  what,
  ours: `${format(ours)} ${unit}`,
  reference: null,
  ratio: null,
  goal: `<= ${limit} ${unit}`,
  passes: ours <= limit,
});

/** Three digits that mean something. */
const format = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
