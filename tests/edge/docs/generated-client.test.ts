import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseMultipart, textOf } from "../../../edge/multipart.ts";
import sample from "../../fixtures/openapi/sample.json";
import { generateClient, type GeneratedClient } from "../../support/generated-client.ts";

const WORKSPACE = "01920f3e-7c1a-7b2e-9d3c-5f6a7b8c9d0e";

describe("a client generated from a document", () => {
  const asked: { request: Request; body: Uint8Array<ArrayBuffer> }[] = [];
  let server: Bun.Server<undefined>;
  let client: GeneratedClient;
  beforeAll(async () => {
    server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: async (request) => {
        asked.push({ request, body: new Uint8Array(await request.arrayBuffer()) });
        if (request.url.endsWith("/body"))
          return new Response("<p>hi</p>", { headers: { "Content-Type": "text/html" } });
        if (request.method === "GET")
          return Response.json(
            { code: "unauthorized" },
            { status: 401, headers: { "Content-Type": "application/problem+json" } },
          );
        return Response.json({ id: WORKSPACE }, { status: 201 });
      },
    });
    client = await generateClient(sample, { baseUrl: server.url.origin, apiKey: "pr_test_key" });
  });
  afterAll(() => server.stop(true));

  const lastAsked = (): { request: Request; body: Uint8Array<ArrayBuffer> } => {
    const last = asked.at(-1);
    if (!last) throw new Error("nothing was asked");
    return last;
  };

  test("has a function for each operationId", () => {
    expect(client.operationIds.toSorted()).toEqual([
      "createSetup",
      "getEmailBody",
      "listSetups",
      "sendEmail",
    ]);
  });

  test("sends JSON with headers and the key", async () => {
    const body = { tenant_name: "clinic", domain_identity: "mail.clinic.example" };
    const answer = await client.call("createSetup", { body, headers: { "Idempotency-Key": "k" } });
    expect(answer.response.status).toBe(201);
    expect(answer.data).toEqual({ id: WORKSPACE });
    const { request, body: sent } = lastAsked();
    expect(JSON.parse(new TextDecoder().decode(sent))).toEqual(body);
    expect(request.headers.get("Authorization")).toBe("Bearer pr_test_key");
    expect(request.headers.get("Idempotency-Key")).toBe("k");
  });

  test("repeats list parameters, and gives a refusal as error", async () => {
    const answer = await client.call("listSetups", { query: { limit: 5, state: ["sent", "delivered"] } });
    expect(answer.error).toEqual({ code: "unauthorized" });
    expect(new URL(lastAsked().request.url).search).toBe("?limit=5&state=sent&state=delivered");
  });

  test("sends a form with files", async () => {
    const file = new File(["%PDF"], "Überweisung №1.pdf", { type: "application/pdf" });
    await client.call("sendEmail", {
      path: { workspace_id: WORKSPACE },
      body: {
        use_case_id: WORKSPACE,
        to_address: "a@b.example",
        subject: "Hi",
        body_html: "<p>",
        attachments: [file],
      },
    });
    const { request, body } = lastAsked();
    expect(new URL(request.url).pathname).toBe(`/v1/${WORKSPACE}/email/send`);
    const form = parseMultipart(body, request.headers.get("Content-Type") ?? "");
    if (!form.ok) throw new Error(form.error.reason);
    const attachment = form.value.find((part) => part.name === "attachments");
    expect(attachment).toMatchObject({ filename: "Überweisung №1.pdf", contentType: "application/pdf" });
    expect(
      form.value.filter((part) => part.filename === null).map((part) => [part.name, textOf(part)]),
    ).toEqual([
      ["use_case_id", { ok: true, value: WORKSPACE }],
      ["to_address", { ok: true, value: "a@b.example" }],
      ["subject", { ok: true, value: "Hi" }],
      ["body_html", { ok: true, value: "<p>" }],
    ]);
  });

  test("reads an answer that is no JSON", async () => {
    const path = { workspace_id: WORKSPACE, email_id: WORKSPACE };
    expect((await client.call("getEmailBody", { path })).data).toBe("<p>hi</p>");
  });
});
