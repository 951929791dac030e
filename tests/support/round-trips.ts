// What each request may cost in round trips to a remote database, as a table: asserted by
// tests/edge/round-trips.test.ts and printed by the bench. Each is asked with a key that was recognised a moment ago,
// unless the row is about recognising it.
import type { EmailUseCase } from "../../core/use-case/use-case.ts";
import { webhookUrl } from "../../core/voice/phone-number.ts";
import { COUNTED_OPERATOR_KEY, type CountedApp } from "./counted-app.ts";
import { sampleEmail, sampleEvent } from "./email-samples.ts";
import { multipartBody } from "./multipart-body.ts";
import { STUB_AUTH_TOKEN, stubCertificateUrl } from "./provider-stub.ts";
import { signedEvent } from "./signed-event.ts";
import { signWebhook } from "./twilio-samples.ts";

export type RoundTripRow = {
  readonly name: string;
  /** What is aimed at. */
  readonly allowed: number;
  /** What it takes, where that differs, and why. */
  readonly departs?: { readonly trips: number; readonly because: string };
  run(app: CountedApp, email: SentEmail): Promise<unknown>;
};

/** A mail with a file, sent before the rows are run. */
export type SentEmail = { readonly id: string; readonly message_id: string };

const EVENTS_IN_A_GROUP = 20;

/** A GET below the workspace's path; `{use_case}`, `{setup}` and so on in it are the seeded ones. */
const get = (name: string, ending: string): RoundTripRow => ({
  name,
  allowed: 1,
  run: (app, { id }) => {
    const { workspaceId, useCase } = app.sender;
    const { line, inboundId } = app;
    const named = ending
      .replaceAll("{use_case}", useCase.id)
      .replaceAll("{setup}", useCase.setupId)
      .replaceAll("{email}", id)
      .replaceAll("{inbound}", inboundId)
      .replaceAll("{twilio_setup}", line.setup.id)
      .replaceAll("{voice_use_case}", line.useCase.id);
    return app.ask(`/v1/${workspaceId}${named}`);
  },
});

const by = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } });
const byOperator = by(COUNTED_OPERATOR_KEY);
const MANY_FILTERS =
  "setup_id={setup}&state=sent&state=delivered&to_address=ann@example.org&to_address=bob@example.org";
const MANY_INBOUND_FILTERS =
  "setup_id={setup}&class=human&class=list&from_address=ann@post.example&from_address=bob@example.org";

export const ROUND_TRIPS: readonly RoundTripRow[] = [
  {
    name: "authentication and a list behind it",
    allowed: 2,
    run: ({ ask, sender }) => ask("/v1/ses-setup", by(sender.unusedApiKey)),
  },
  { name: "workspaces", allowed: 1, run: (app) => app.ask("/v1/workspaces", byOperator) },
  {
    name: "a workspace",
    allowed: 1,
    departs: {
      trips: 2,
      because: "the operator may name any workspace, so whether it is there is asked first",
    },
    run: (app) => app.ask(`/v1/workspaces/${app.sender.workspaceId}`, byOperator),
  },
  get("API keys", "/api-keys"),
  get("setups", "/channels/ses-setup"),
  get("use cases", "/channels/use-case"),
  get("a use case", "/channels/use-case/{use_case}"),
  get("its reputation", "/channels/use-case/{use_case}/reputation"),
  get("e-mails of a use case", "/email?use_case_id={use_case}"),
  get("e-mails by setup, states and recipients", `/email?${MANY_FILTERS}`),
  get("events of a use case", "/email/event?use_case_id={use_case}"),
  get("an e-mail", "/email/{email}"),
  get("its body", "/email/{email}/body"),
  get("its attachment", "/email/{email}/attachment/report.pdf"),
  get("e-mails received by a use case", "/email/inbound?use_case_id={use_case}"),
  get("e-mails received by setup, senders and classes", `/email/inbound?${MANY_INBOUND_FILTERS}`),
  get("e-mails received in a thread", "/email/inbound?setup_id={setup}&thread_id={inbound}"),
  get("an e-mail received, with its text", "/email/inbound/{inbound}"),
  get("what it says, as HTML", "/email/inbound/{inbound}/body"),
  get("what it brought", "/email/inbound/{inbound}/attachment/report.pdf"),
  get("it as it was sent", "/email/inbound/{inbound}/raw"),
  { name: "a reply to it", allowed: 3, run: (app) => send(app, app.inboundId) },
  get("the thread", "/email/thread/{inbound}"),
  get("suppressions of a setup", "/email/suppression?setup_id={setup}"),
  get(
    "suppressions of a use case to someone",
    "/email/suppression?use_case_id={use_case}&address=ann@example.org",
  ),
  get(
    "why someone is suppressed",
    "/email/suppression/explain?use_case_id={use_case}&address=ann@example.org",
  ),
  { name: "send", allowed: 3, run: (app) => send(app) },
  {
    name: "an event by SNS",
    allowed: 1,
    async run(app, { message_id: providerMessageId }) {
      const email = sampleEmail(app.sender.useCase, 1);
      const certificateUrl = stubCertificateUrl(app.providerUrl);
      const body = signedEvent({ type: "Delivery", email, providerMessageId, certificateUrl });
      await app.ask("/hooks/sns", { method: "POST", body });
    },
  },
  {
    name: `a group of ${EVENTS_IN_A_GROUP} events`,
    allowed: 1,
    run: ({ ports }) =>
      Promise.all(
        Array.from({ length: EVENTS_IN_A_GROUP }, (_, n) => ports.events.record(sampleEvent(1, n), "{}")),
      ),
  },
  {
    name: "the page of an unsubscribe link",
    allowed: 1,
    run: async (app, { id }) => app.ask(`/u/${await app.ports.unsubscribeTokens.issue(id)}`),
  },
  {
    name: "one-click unsubscribe",
    allowed: 2,
    departs: { trips: 1, because: "one write reads the mail, suppresses its recipient and answers" },
    run: async (app, { id }) =>
      app.ask(`/u/${await app.ports.unsubscribeTokens.issue(id)}`, {
        method: "POST",
        body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }),
      }),
  },
  get("Twilio setups", "/channels/twilio-setup"),
  get("use cases of a Twilio setup", "/channels/use-case?twilio_setup_id={twilio_setup}"),
  get("phone numbers of a use case", "/channels/use-case/{voice_use_case}/phone-number"),
  {
    ...get("a Twilio setup, checked live", "/channels/twilio-setup/{twilio_setup}"),
    departs: { trips: 2, because: "what Twilio said is stored: a write after the read" },
  },
  {
    ...get("an account's phone numbers", "/channels/twilio-setup/{twilio_setup}/phone-number"),
    departs: { trips: 2, because: "whom each number serves is asked once Twilio has named them" },
  },
  { name: "a webhook of a call", allowed: 2, run: (app) => ring(app) },
  // The last one: the stub knows no DNS name, so the setup is not verified afterwards.
  {
    ...get("a setup, checked live", "/channels/ses-setup/{setup}"),
    departs: { trips: 2, because: "what live DNS said is stored: a write after the read" },
  },
];

/** Sends a mail with a file, as a reply if it is one. */
export async function send({ ask, sender }: CountedApp, inReplyToId?: string): Promise<SentEmail> {
  const answer = await ask(`/v1/${sender.workspaceId}/email/send`, {
    method: "POST",
    ...sendForm(sender.useCase, inReplyToId),
  });
  return (await answer.json()) as SentEmail;
}

/** A call to the line's number. */
async function ring({ ask, line, ports }: CountedApp): Promise<void> {
  const parameters = {
    AccountSid: line.setup.accountSid,
    CallSid: `CA${"0".repeat(32)}`,
    CallStatus: "ringing",
    To: line.number.phoneNumber,
  };
  const url = webhookUrl(ports.settings.publicUrl, line.useCase.id, "voice");
  await ask(new URL(url).pathname, {
    method: "POST",
    headers: { "x-twilio-signature": await signWebhook(STUB_AUTH_TOKEN, url, parameters) },
    body: new URLSearchParams(parameters),
  });
}

const sendForm = ({ id }: EmailUseCase, inReplyToId: string | undefined) =>
  multipartBody([
    ...(inReplyToId === undefined ? [] : [{ name: "in_reply_to_id", value: inReplyToId }]),
    { name: "use_case_id", value: id },
    { name: "to_address", value: "ann@example.org" },
    { name: "subject", value: "Your appointment" },
    { name: "body_html", value: "<p>On Monday</p>" },
    { name: "attachments", filename: "report.pdf", type: "application/pdf", value: "%PDF-1.7" },
  ]);
