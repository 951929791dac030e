// Files of optional packages that hold a program for one platform, found by package, not by PATH.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The absolute path of a file of the package; null when the package is not installed here. */
export function packageFile(packageName: string, file: string): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    return join(dirname(manifest), file);
  } catch {
    return null;
  }
}
