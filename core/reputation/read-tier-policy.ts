// TIER_POLICY: the table of tier-policy.ts with members replaced, checked whole. Every fault is one sentence that names the
// member. What a member means is in the table.
import { assert } from "../assert.ts";
import { err, ok, type Result } from "../result.ts";
import { TIER_POLICY_TABLE, type TierPolicy } from "./tier-policy.ts";

/** `override`: parsed JSON, an object of members of the table; an empty one gives the table itself. */
export function readTierPolicy(override: unknown): Result<TierPolicy, readonly string[]> {
  const faults: string[] = [];
  const dayMs = dayOf(override);
  const policy = read({ table: TIER_POLICY_TABLE, override, name: "", dayMs, faults }) as TierPolicy;
  if (faults.length === 0) faults.push(...contradictionsOf(policy));
  return faults.length > 0 ? err(faults.map((fault) => `TIER_POLICY: ${fault}`)) : ok(policy);
}

function valueOf(read: Result<TierPolicy, readonly string[]>): TierPolicy {
  assert(read.ok, "the table contradicts itself");
  return read.value;
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const USUAL_DAY_MS = 24 * UNITS.h;
/** A day has 24 parts, and a mail takes some ms: shorter ones would have nothing in them. */
const DAY_MS_MIN = UNITS.s;
/** So that a window has a bounded number of parts of a day. */
const SLOW_DAYS_MAX = 31;
const LOOK_BACK_DAYS_MAX = 366;
const LIST_ITEMS_MAX = 50;
/** A hundred years: a time so long from now is still one that a Date can hold. */
const DURATION_MS_MAX = 36_525 * USUAL_DAY_MS;

type Reading = {
  readonly table: unknown;
  readonly override: unknown;
  /** Its path, dotted; empty for the whole. */
  readonly name: string;
  readonly dayMs: number;
  readonly faults: string[];
};

function read(reading: Reading): unknown {
  const { table } = reading;
  if (Array.isArray(table)) return readList(reading, table);
  if (isObject(table)) return readObject(reading, table);
  return readFigure(reading);
}

function readObject(
  { override = {}, ...reading }: Reading,
  table: Readonly<Record<string, unknown>>,
): unknown {
  const { name, faults } = reading;
  if (!isObject(override)) {
    faults.push(`${name || "it"} must be an object of members to replace.`);
    return {};
  }
  const path = (member: string): string => (name === "" ? member : `${name}.${member}`);
  for (const member of Object.keys(override))
    if (!Object.hasOwn(table, member))
      faults.push(`there is no ${path(member)}; there are ${Object.keys(table).join(", ")}.`);
  return Object.fromEntries(
    Object.entries(table).map(([member, usual]) => [
      member,
      read({ ...reading, table: usual, override: override[member], name: path(member) }),
    ]),
  );
}

function readList(reading: Reading, table: readonly unknown[]): unknown {
  const { override = table, name, faults } = reading;
  if (Array.isArray(override) && override.length > 0 && override.length <= LIST_ITEMS_MAX)
    return override.map((item: unknown, index) =>
      readFigure({ ...reading, table: table[0], override: item, name: `${name}[${index}]` }),
    );
  faults.push(`${name} must be a list of 1 to ${LIST_ITEMS_MAX}.`);
  return [];
}

function readFigure({ table, override = table, name, dayMs, faults }: Reading): number {
  const { kind, parse } = figureKind(table, name);
  const figure = parse(override, dayMs);
  if (figure === null) faults.push(`${name} must be ${kind}; it is ${JSON.stringify(override)}.`);
  return figure ?? 0;
}

type FigureKind = {
  readonly kind: string;
  readonly parse: (given: unknown, dayMs: number) => number | null;
};

const within =
  (isRight: (value: number) => boolean) =>
  (given: unknown): number | null =>
    typeof given === "number" && isRight(given) ? given : null;

const DURATION: FigureKind = { kind: 'a duration such as "14d", "24h" or "20s"', parse: durationMs };
const RATE: FigureKind = {
  kind: "a share above 0, at most 1",
  parse: within((value) => value > 0 && value <= 1),
};
const FACTOR: FigureKind = {
  kind: "a number from 1 to 100",
  parse: within((value) => value >= 1 && value <= 100),
};
const WHOLE: FigureKind = {
  kind: "a whole number from 1 to 1,000,000,000",
  parse: within((value) => Number.isInteger(value) && value >= 1 && value <= 1_000_000_000),
};

/** By the table's own value and the member's name. */
function figureKind(table: unknown, name: string): FigureKind {
  if (typeof table === "string") return DURATION;
  if (name.endsWith("Rate")) return RATE;
  return name.endsWith("Factor") ? FACTOR : WHOLE;
}

/** Null unless it is from a ms to a hundred years. */
function durationMs(given: unknown, dayMs: number): number | null {
  const [, digits, unit] =
    (typeof given === "string" && /^(\d{1,9}(?:\.\d{1,3})?)(d|h|m|s|ms)$/.exec(given)) || [];
  if (digits === undefined || unit === undefined) return null;
  const unitMs = unit === "d" ? dayMs : UNITS[unit as keyof typeof UNITS];
  const ms = Math.round(Number(digits) * unitMs);
  return ms > 0 && ms <= DURATION_MS_MAX ? ms : null;
}

/** What a `d` is everywhere else in the table; one that cannot be read is said to be so by `readFigure`. */
const dayOf = (override: unknown): number =>
  (isObject(override) && durationMs(override["day"], USUAL_DAY_MS)) || USUAL_DAY_MS;

function contradictionsOf(policy: TierPolicy): readonly string[] {
  const { day, lookBack, onboarding, standard, premium, growth, suspension } = policy;
  const { capacities } = onboarding;
  const most = capacities.at(-1) ?? 0;
  const isRising = capacities.every((capacity, index) => capacity >= (capacities[index - 1] ?? 0));
  const windows = [growth.window, premium.entry.window, suspension.slow.window];
  const rules: readonly (readonly [boolean, string])[] = [
    [
      day >= DAY_MS_MIN && day <= USUAL_DAY_MS && Number.isInteger(day),
      "day must be from 1s to 24h: the provider's own day is no longer.",
    ],
    [lookBack <= LOOK_BACK_DAYS_MAX * day, `lookBack must be at most ${LOOK_BACK_DAYS_MAX}d.`],
    [windows.every((window) => window <= lookBack), "no window may be longer than lookBack."],
    [
      standard.entry.sendingDays * day <= lookBack,
      "standard.entry.sendingDays must not be more than lookBack has.",
    ],
    [
      [growth.window, premium.entry.window].every((window) => window >= day),
      "growth.window and premium.entry.window must be at least a day.",
    ],
    [
      suspension.slow.window <= SLOW_DAYS_MAX * day,
      `suspension.slow.window must be at most ${SLOW_DAYS_MAX}d.`,
    ],
    [
      suspension.fast.window <= suspension.slow.window,
      "suspension.fast.window must not be longer than suspension.slow.window.",
    ],
    [isRising, "onboarding.capacities must not fall."],
    [standard.capacity >= most, "standard.capacity must not be less than the last of onboarding.capacities."],
    [premium.capacity >= standard.capacity, "premium.capacity must not be less than standard.capacity."],
  ];
  return rules.flatMap(([holds, sentence]) => (holds ? [] : [sentence]));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The table as it is. Last in the file, because everything above has to be there. */
export const TIER_POLICY: TierPolicy = valueOf(readTierPolicy({}));
