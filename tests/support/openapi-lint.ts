// Lints an OpenAPI document by Redocly's recommended rules, without a network: everything it refers to is inside it.
import { createConfig, lintFromString } from "@redocly/openapi-core";

export type LintFindings = { readonly errors: readonly string[]; readonly warnings: readonly string[] };

/** What the rules find, each as `rule at /json/pointer: message`. Rules named in `off` are not applied. */
export async function lintOpenapi(document: unknown, off: readonly string[] = []): Promise<LintFindings> {
  const rules = Object.fromEntries(off.map((rule) => [rule, "off" as const]));
  const config = await createConfig({ extends: ["recommended"], rules });
  const source = JSON.stringify(document);
  const problems = await lintFromString({ source, absoluteRef: "/openapi.json", config });
  const of = (severity: "error" | "warn"): string[] =>
    problems
      .filter((problem) => problem.severity === severity)
      .map(({ ruleId, location, message }) => `${ruleId} at ${location[0]?.pointer ?? "#/"}: ${message}`);
  return { errors: of("error"), warnings: of("warn") };
}
