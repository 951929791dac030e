// A client generated from our OpenAPI document completes the walk-through against the started program: what the document
// says is enough to use the API.
import assert from "node:assert/strict";
import { expect, test } from "bun:test";
import type { EmailDetail, SetupDetail } from "../support/api-shapes.ts";
import { generateClient, type GeneratedClient } from "../support/generated-client.ts";
import { startOwnProgram } from "../support/own-program.ts";
import { OPERATOR_KEY } from "../support/program.ts";
import { PROGRAM_TEST_MS_MAX } from "../support/test-on.ts";
import { until } from "../support/until.ts";

async function answered<T>(
  client: GeneratedClient,
  ...call: Parameters<GeneratedClient["call"]>
): Promise<T> {
  const { data, error, response } = await client.call(...call);
  assert.equal(error, undefined, `${call[0]} was answered ${response.status} ${JSON.stringify(error)}`);
  return data as T;
}

test(
  "a client generated from the document completes the walk-through",
  async () => {
    const { world } = await startOwnProgram();
    const document = (await (await fetch(`${world.url}/openapi.json`)).json()) as Record<string, unknown>;
    const clientOf = (apiKey: string) => generateClient(document, { baseUrl: world.url, apiKey });

    const operator = await clientOf(OPERATOR_KEY);
    const workspace = await answered<{ id: string }>(operator, "createWorkspace", {
      body: { name: "Clinic" },
    });
    const path = { workspace_id: workspace.id };
    const permissions = ["Channel.create", "Channel.view", "Channel.delete", "Channel.send"];
    const key = await answered<{ api_key: string }>(operator, "issueApiKey", {
      path,
      body: { name: "walk-through", permissions },
    });

    const client = await clientOf(key.api_key);
    const setup = await answered<SetupDetail>(client, "createSesSetup", {
      body: { tenant_name: "clinic", domain_identity: "mail.clinic.example" },
    });
    await world.sandbox.publishDns(
      setup.dns_records.map(({ address, record, type }) => ({ address, record, type })),
    );
    const verified = await until(
      "the setup is verified",
      () => answered<SetupDetail>(client, "verifySesSetup", { path: { setup_id: setup.id } }),
      (checked) => checked.dns_records.every((record) => record.verified),
    );
    expect(verified.dns_records).toHaveLength(7);

    const useCase = await answered<{ id: string }>(client, "createUseCase", {
      body: {
        channel: "email",
        entity_name: "Clinic",
        name: "Reminders",
        ses_setup_id: setup.id,
        sender_email_address: "hi@mail.clinic.example",
        email_type: "transactional",
      },
    });
    const file = new File(["%PDF-1.7"], "Überweisung №1.pdf", { type: "application/pdf" });
    const sent = await answered<{ id: string; attachment_filenames: string[] }>(client, "sendEmail", {
      path,
      headers: { "Idempotency-Key": "k1" },
      body: {
        use_case_id: useCase.id,
        to_address: "pat@example.org",
        subject: "Your appointment",
        body_html: "<p>See you tomorrow.</p>",
        attachments: [file],
      },
    });
    expect(sent.attachment_filenames).toEqual([file.name]);

    const ofEmail = { ...path, email_id: sent.id };
    const email = await until(
      "the mail is delivered",
      () => answered<EmailDetail>(client, "getEmail", { path: ofEmail }),
      ({ state }) => state === "delivered",
    );
    expect(email.has_attachment).toBe(true);
    const query = { use_case_id: useCase.id };
    const { emails } = await answered<{ emails: { id: string }[] }>(client, "listEmails", { path, query });
    expect(emails.map(({ id }) => id)).toEqual([sent.id]);
    const { events } = await answered<{ events: { event_type: string }[] }>(client, "listEmailEvents", {
      path,
      query,
    });
    expect(events.map((event) => event.event_type)).toContain("Delivery");
    const attachment = { ...ofEmail, filename: file.name };
    const downloaded = await client.call("getEmailAttachment", { path: attachment, parseAs: "text" });
    expect(downloaded.data).toBe("%PDF-1.7");
  },
  PROGRAM_TEST_MS_MAX,
);
