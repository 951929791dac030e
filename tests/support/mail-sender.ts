// Someone who can send: a workspace's use case on a verified setup, with the verbs of the API: send, look at the
// mail, list mails and events.
import { type Api, type ApiAnswer, assertStatus, jsonOf, queryOf } from "./api-client.ts";
import type {
  EmailDetail,
  EmailPage,
  EmailState,
  EventPage,
  Reputation,
  SentEmail,
  SetupDetail,
  UseCase,
} from "./api-shapes.ts";
import { until } from "./until.ts";
import type { Workspace } from "./world.ts";

export type FileToSend = {
  readonly name: string;
  readonly type: string;
  readonly octets: Uint8Array<ArrayBuffer>;
};

/** Fields of the form; what is left out has a usual value, null leaves the field out. */
export type SendFields = {
  readonly use_case_id?: string | null;
  readonly to_address?: string | null;
  readonly subject?: string | null;
  readonly body_html?: string | null;
  readonly body_text?: string;
  readonly in_reply_to_id?: string;
  readonly attachments?: readonly FileToSend[];
};

export type Query = Readonly<Record<string, string | number | readonly string[]>>;

export type MailSender = {
  readonly workspace: Workspace;
  readonly setup: SetupDetail;
  readonly useCase: UseCase;
  readonly sendPath: string;
  form(fields?: SendFields): FormData;
  /** The answer, whatever it is. */
  post(fields?: SendFields, idempotencyKey?: string, api?: Api): Promise<ApiAnswer>;
  /** A mail that was taken. */
  send(fields?: SendFields, idempotencyKey?: string): Promise<SentEmail>;
  /** An address that nobody else writes to. */
  newRecipient(): string;
  email(id: string): Promise<EmailDetail>;
  /** The mail once it is in this state. */
  emailIn(id: string, state: EmailState): Promise<EmailDetail>;
  reputation(): Promise<Reputation>;
  /** Both in the scope of the use case, unless the query names another. */
  emails(query?: Query): Promise<EmailPage>;
  events(query?: Query): Promise<EventPage>;
};

export function makeMailSender(workspace: Workspace, setup: SetupDetail, useCase: UseCase): MailSender {
  const { api, path, world } = workspace;
  const sendPath = path("/email/send");
  const scoped = (query: Query): string =>
    queryOf("use_case_id" in query || "setup_id" in query ? query : { use_case_id: useCase.id, ...query });
  const sender: MailSender = {
    workspace,
    setup,
    useCase,
    sendPath,
    form: (fields = {}) =>
      formOf({
        use_case_id: useCase.id,
        to_address: "pat@example.org",
        subject: "Your appointment",
        body_html: "<p>Tomorrow at nine.</p>",
        ...fields,
      }),
    post: (fields, idempotencyKey, by = api) =>
      by.call("POST", sendPath, {
        form: sender.form(fields),
        headers: idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey },
      }),
    send: async (fields, idempotencyKey) =>
      jsonOf<SentEmail>(assertStatus(await sender.post(fields, idempotencyKey), 201, "send")),
    newRecipient: () => `${world.unique("pat")}@example.org`,
    email: (id) => api.get<EmailDetail>(path(`/email/${id}`)),
    emailIn: (id, state) =>
      until(
        `the mail is ${state}`,
        () => sender.email(id),
        (email) => email.state === state,
      ),
    reputation: () => api.get<Reputation>(path(`/channels/use-case/${useCase.id}/reputation`)),
    emails: (query = {}) => api.get<EmailPage>(path(`/email${scoped(query)}`)),
    events: (query = {}) => api.get<EventPage>(path(`/email/event${scoped(query)}`)),
  };
  return sender;
}

function formOf({ attachments = [], ...fields }: SendFields): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== null) form.append(name, value);
  for (const { name, type, octets } of attachments)
    form.append("attachments", new Blob([octets], { type }), name);
  return form;
}

/** A file of so many octets that no other file has. */
export function randomFile(name: string, sizeBytes: number, type = "application/pdf"): FileToSend {
  const octets = new Uint8Array(sizeBytes);
  // getRandomValues gives at most 65,536 octets a call.
  for (let at = 0; at < sizeBytes; at += 65_536) crypto.getRandomValues(octets.subarray(at, at + 65_536));
  return { name, type, octets };
}
