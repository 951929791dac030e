import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import type { AppEnv } from "../../../edge/app-env.ts";
import { mountDocs, type DocsAssets } from "../../../edge/docs/portal.ts";
import { installedDocsAssets } from "../../../edge/runtime/installed-docs-assets.ts";

function portal(assets: DocsAssets): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  mountDocs(app, assets);
  return app;
}
const octets = new TextEncoder().encode("/* script */");

describe("the page", () => {
  const page = portal({ script: async () => null }).request("/docs");

  test("its policy allows scripts of this origin only, and no other network", async () => {
    const policy = (await page).headers.get("Content-Security-Policy")?.split("; ") ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy.join()).not.toMatch(/https?:|\*|unsafe-eval/);
  });

  test("it names nothing outside this origin, and has no script of its own", async () => {
    const text = await (await page).text();
    expect(text).not.toMatch(/(src|href|url)="(?:https?:)?\/\//);
    expect(text).toContain('spec-url="/openapi.json"');
    expect(text.match(/<script\b[^>]*>/g)).toEqual(['<script type="module" src="/docs/rapidoc.js">']);
  });
});

describe("the script", () => {
  const sources: [name: string, script: () => ReturnType<DocsAssets["script"]>][] = [
    ["octets", async () => octets],
    ["a stream, as a binding of a Worker gives", async () => new Blob([octets]).stream()],
  ];
  test.each(sources)("served from %s", async (_name, script) => {
    const response = await portal({ script }).request("/docs/rapidoc.js");
    expect(response.headers.get("Content-Type")).toBe("text/javascript; charset=utf-8");
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(await response.text()).toBe("/* script */");
  });

  test("an installation without it answers 404", async () => {
    const response = await portal({ script: async () => null }).request("/docs/rapidoc.js");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "not_found", status: 404 });
  });

  test("the installed package has it", async () => {
    const script = await installedDocsAssets().script();
    expect(script).toBeInstanceOf(Uint8Array);
    expect(new TextDecoder().decode(script as Uint8Array)).toContain("rapi-doc");
  });
});
