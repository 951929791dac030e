// `GET /openapi.json`: the OpenAPI 3.1 document, generated from the operations' own schemas and problem table.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../app-env.ts";
import type { OperationTag } from "../operation.ts";

const DESCRIPTION = `Each workspace gets its own e-mail domains on Amazon SES: set a domain up, bind use cases to it, send, follow what became
of every message, and receive what is answered. Its Twilio accounts bring voice and voicemail use cases and their numbers.

Errors are RFC 9457 problem details; branch on \`code\`. Times are ISO 8601 in UTC with milliseconds. POST requests that create
or send honour \`Idempotency-Key\`.`;

const TAGS: Readonly<Record<OperationTag, string>> = {
  Workspaces: "The tenants of this installation; for its operator.",
  "API keys": "Keys of a workspace and what they may do.",
  Setups: "Domains to send from and receive at, and the DNS records to publish.",
  "Twilio setups": "Twilio accounts with their customer profile, and the numbers they have.",
  "Use cases": "What a channel is used for, and with which sender; its reputation.",
  "Phone numbers": "Which numbers serve a voice or voicemail use case.",
  "E-mails": "Sending, and what became of what was sent.",
  "Inbound e-mails": "What was received, what it brought, and the threads it belongs to.",
  Suppressions: "Who is not to get which mail, and why.",
  Operator: "Running this installation; with the operator's key.",
};

export function mountOpenapi(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearerAuth", {
    type: "http",
    scheme: "bearer",
    description: "An API key of the workspace (`pr_live_…` or `pr_test_…`), or the operator's key.",
  });
  // Made once, at the first request: it depends on nothing but the program.
  let text: string | undefined;
  app.get("/openapi.json", (context) => {
    text ??= JSON.stringify(
      app.getOpenAPI31Document({
        openapi: "3.1.0",
        info: {
          title: "Postrider",
          version: "0.1.0",
          description: DESCRIPTION,
          license: { name: "MIT", url: "https://opensource.org/license/mit" },
        },
        servers: [{ url: "/", description: "This installation" }],
        tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
        security: [{ bearerAuth: [] }],
      }),
    );
    return context.body(text, 200, { "Content-Type": "application/json", "Cache-Control": "no-cache" });
  });
}
