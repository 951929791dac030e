// `GET /docs`: the reference of the API for people, drawn by RapiDoc (MIT) from /openapi.json. Everything comes from this
// origin: no CDN, no fonts, no other network. It does not send requests or ask for keys: keys do not belong in browsers.
import type { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import { problem } from "../problem.ts";

/** Where the renderer's script comes from: a file on Bun, Node and Deno, the ASSETS binding on Workers. */
export type DocsAssets = {
  /** The octets of `rapidoc/dist/rapidoc-min.js`; null when this installation lacks them. */
  script(): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null>;
};

const SCRIPT_PATH = "/docs/rapidoc.js";
const DOCUMENT_PATH = "/openapi.json";

/** A day: the script changes only with a release, and an older one still draws the page. */
const SCRIPT_MAX_AGE_SECONDS = 24 * 60 * 60;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // RapiDoc writes <style> elements and style attributes (Lit templates with `style="…"`), which no hash can cover.
  // Styles from elsewhere stay forbidden, and without a source for images or fonts a style can send nothing away.
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Postrider API reference</title>
<link rel="icon" href="data:,">
<script type="module" src="${SCRIPT_PATH}"></script>
</head>
<body>
<noscript>This page needs JavaScript. What it shows is in <a href="${DOCUMENT_PATH}">${DOCUMENT_PATH}</a>.</noscript>
<rapi-doc
  spec-url="${DOCUMENT_PATH}"
  render-style="read"
  theme="light"
  primary-color="#2458b8"
  nav-bg-color="#f6f7f9"
  regular-font="system-ui, sans-serif"
  mono-font="ui-monospace, monospace"
  load-fonts="false"
  schema-style="table"
  schema-description-expanded="true"
  nav-item-spacing="compact"
  show-header="false"
  allow-try="false"
  allow-authentication="false"
  allow-server-selection="false"
  allow-spec-url-load="false"
  allow-spec-file-load="false"
  allow-spec-file-download="false"
>
<p slot="overview">The OpenAPI document for programs: <a href="${DOCUMENT_PATH}">${DOCUMENT_PATH}</a></p>
</rapi-doc>
</body>
</html>
`;

/** Registers the page and its script. Neither needs a key: they hold nothing of any workspace. */
export function mountDocs(app: Hono<AppEnv>, assets: DocsAssets): void {
  app.get("/docs", (context) =>
    context.html(PAGE, 200, {
      "Content-Security-Policy": POLICY,
      "Cache-Control": "no-cache",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
    }),
  );
  app.get(SCRIPT_PATH, async (context) => {
    const script = await assets.script();
    if (!script) return problem(context, { kind: "not_found" });
    return context.body(script, 200, {
      "Content-Type": "text/javascript; charset=utf-8",
      "Cache-Control": `public, max-age=${SCRIPT_MAX_AGE_SECONDS}`,
      "X-Content-Type-Options": "nosniff",
    });
  });
}
