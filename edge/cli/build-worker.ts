// `bun run build:worker`: the program for Cloudflare Workers as one file in dist/, with the portal's script beside it and
// the settings file that `wrangler deploy --config dist/wrangler.json` reads. Prints the sizes; over the budget it fails.
// It uploads nothing, and knows no account: secrets and settings are bindings of the deployment.
import { copyFile, mkdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What a Worker may weigh, compressed as Cloudflare counts it: half of it is what an isolate has to read to start. */
export const WORKER_GZIP_BYTES_MAX = 300 * 1024;
/** The behaviour of the runtime the tests ran with. */
export const WORKER_COMPATIBILITY = {
  compatibility_date: "2026-07-01",
  compatibility_flags: ["nodejs_compat"],
} as const;

export type WorkerBuild = {
  /** The module. */
  readonly path: string;
  readonly rawBytes: number;
  readonly gzipBytes: number;
  /** What went in, by path from the project's root, with the octets each takes in the result. */
  readonly inputs: ReadonlyMap<string, number>;
};

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Builds into the folder, which is made if it is not there. Throws when the sources do not bundle. */
export async function buildWorker(folder: string): Promise<WorkerBuild> {
  await mkdir(join(folder, "assets"), { recursive: true });
  const built = await Bun.build({
    entrypoints: [join(ROOT, "edge/runtime/worker.ts")],
    target: "browser",
    conditions: ["workerd", "worker"],
    format: "esm",
    minify: true,
    external: ["node:*", "cloudflare:*"],
    plugins: [WITHOUT_LOCALES],
    metafile: true,
  });
  const [module] = built.outputs;
  if (!module || !built.metafile) throw new Error("The bundler answered no module.");
  const octets = new Uint8Array(await module.arrayBuffer());
  const path = join(folder, "worker.js");
  await Bun.write(path, octets);
  await copyFile(
    fileURLToPath(import.meta.resolve("rapidoc/dist/rapidoc-min.js")),
    join(folder, "assets/rapidoc.js"),
  );
  await Bun.write(join(folder, "wrangler.json"), JSON.stringify(DEPLOYMENT, null, 2));
  const inputs = Object.values(built.metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).map(
      ([input, { bytesInOutput }]) => [relative(ROOT, resolve(input)), bytesInOutput] as const,
    ),
  );
  return { path, rawBytes: octets.length, gzipBytes: Bun.gzipSync(octets).length, inputs: new Map(inputs) };
}

/** Zod brings its messages in some fifty languages (190 KB), which no import of ours names and no bundler can drop. */
const WITHOUT_LOCALES: Bun.BunPlugin = {
  name: "without zod's other languages",
  setup: (build) =>
    void build.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export {};",
      loader: "js",
    })),
};

const DEPLOYMENT = {
  name: "postrider",
  main: "worker.js",
  no_bundle: true,
  ...WORKER_COMPATIBILITY,
  assets: { directory: "assets", binding: "ASSETS" },
};

if (import.meta.main) {
  const { path, rawBytes, gzipBytes, inputs } = await buildWorker(join(ROOT, "dist"));
  console.log(
    `${relative(ROOT, path)}: ${kb(rawBytes)}, ${kb(gzipBytes)} gzip (at most ${kb(WORKER_GZIP_BYTES_MAX)})`,
  );
  for (const [part, bytes] of largestParts(inputs)) console.log(`  ${kb(bytes).padStart(8)}  ${part}`);
  if (gzipBytes > WORKER_GZIP_BYTES_MAX) process.exit(1);
}

/** Packages and top folders of ours, the largest first. */
function largestParts(inputs: WorkerBuild["inputs"]): readonly (readonly [string, number])[] {
  const parts = new Map<string, number>();
  for (const [input, bytes] of inputs) {
    const [, inPackage] = input.split(/.*node_modules\//);
    const part = /^(@[^/]+\/)?[^/]+/.exec(inPackage ?? input)?.[0] ?? input;
    parts.set(part, (parts.get(part) ?? 0) + bytes);
  }
  return [...parts].toSorted(([, one], [, other]) => other - one).slice(0, 12);
}

function kb(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
