// The architecture, read from the imports: core knows nothing outside itself, adapters no HTTP framework, and only the
// places that put the program together know an adapter.
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const ROOT = join(import.meta.dir, "../..");

type Import = { readonly target: string; readonly typesOnly: boolean };
type Source = { readonly path: string; readonly code: string; readonly imports: readonly Import[] };

const STATEMENT = /^(?:import|export)\s+(type\s)?(?:[^;"']*?\sfrom\s+)?["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*["']([^"']+)["']/g;

/** Imports of our own files as paths from the project's root, of packages as they are written. */
function importsOf(path: string, code: string): readonly Import[] {
  const resolved = (target: string): string =>
    target.startsWith(".") ? normalize(join(dirname(path), target)) : target;
  return [
    ...Array.from(code.matchAll(STATEMENT), ([, type, target = ""]) => ({
      target: resolved(target),
      typesOnly: type !== undefined,
    })),
    ...Array.from(code.matchAll(DYNAMIC), ([, target = ""]) => ({
      target: resolved(target),
      typesOnly: false,
    })),
  ];
}

const withoutComments = (code: string): string => code.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

function sourcesIn(folder: string): readonly Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => {
      const path = join(folder, name);
      const code = withoutComments(readFileSync(join(ROOT, path), "utf8"));
      return { path, code, imports: importsOf(path, code) };
    });
}

const core = sourcesIn("core");
const adapters = sourcesIn("adapters");
const edge = sourcesIn("edge");

/** Each import of these sources that must not be, as `file -> target`. */
const breaches = (
  sources: readonly Source[],
  isBreach: (target: string, source: Source) => boolean,
): string[] =>
  sources.flatMap((source) =>
    source.imports
      .filter(({ target }) => isBreach(target, source))
      .map(({ target }) => `${source.path} -> ${target}`),
  );

const isIn = (path: string, ...folders: readonly string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

test("the sources are found, with their imports", () => {
  expect(core.length).toBeGreaterThan(50);
  expect(adapters.length).toBeGreaterThan(20);
  expect(edge.length).toBeGreaterThan(20);
  const createSetup = core.find(({ path }) => path === "core/setup/create-setup.ts");
  expect(createSetup?.imports).toContainEqual({ target: "core/assert.ts", typesOnly: false });
  expect(createSetup?.imports).toContainEqual({ target: "core/ports/background.ts", typesOnly: true });
});

describe("core", () => {
  test("imports nothing outside core", () => {
    expect(breaches(core, (target) => !isIn(target, "core"))).toEqual([]);
  });

  test("reads no clock and draws no random number", () => {
    const impure = /\b(?:Date\.now|new Date\(\s*\)|Math\.random|performance\.|crypto\.|process\.|globalThis)/;
    expect(core.filter(({ code }) => impure.test(code)).map(({ path }) => path)).toEqual([]);
  });

  test("keeps its ports free of rules: types alone, and the vocabulary they speak", () => {
    const ports = core.filter(({ path }) => isIn(path, "core/ports"));
    expect(ports.filter(({ code }) => /\bfunction\b|=>\s*\{/.test(code)).map(({ path }) => path)).toEqual([]);
  });
});

describe("adapters", () => {
  test("know neither the edge nor its framework", () => {
    expect(
      breaches(adapters, (target) => isIn(target, "edge") || /^(?:hono|@hono|zod)(?:\/|$)/.test(target)),
    ).toEqual([]);
  });
});

describe("the edge", () => {
  test("knows adapters only where the program is put together", () => {
    const composes = ({ path }: Source): boolean => isIn(path, "edge/compose.ts", "edge/runtime", "edge/cli");
    expect(breaches(edge, (target, source) => isIn(target, "adapters") && !composes(source))).toEqual([]);
  });

  test("does not know the sandbox, except to start it, and where to reach it", () => {
    const starts = ({ path }: Source): boolean => isIn(path, "edge/sandbox", "edge/runtime");
    const isInside = (target: string): boolean =>
      isIn(target, "edge/sandbox") && target !== "edge/sandbox/endpoints.ts";
    expect(breaches(edge, (target, source) => isInside(target) && !starts(source))).toEqual([]);
  });
});

test("no file needs itself to be loaded", () => {
  const needs = new Map(
    [...core, ...adapters, ...edge].map(({ path, imports }) => [
      path,
      imports.filter(({ typesOnly }) => !typesOnly).map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    else if (!done.has(path)) for (const target of needs.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of needs.keys()) visit(path, []);
  expect(circles).toEqual([]);
});
