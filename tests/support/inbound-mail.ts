// Mail that arrives for a sender's setup: it goes in raw through the sandbox, as from a stranger's mail server, and is
// looked at through the API like everything else there.
import { type ApiAnswer, assertStatus, queryOf } from "./api-client.ts";
import type { InboundDetail, InboundPage, InboundSummary, ThreadBody } from "./api-shapes.ts";
import type { MailSender, Query } from "./mail-sender.ts";
import type { ArrivalGiven } from "./sandbox.ts";
import { until } from "./until.ts";

/** The most a page of the list holds. */
const PAGE_MAX = 200;

/** Who it is for, if not the use case's sender address; its envelope's sender and SES's verdicts. */
export type Arriving = Partial<ArrivalGiven>;

/** A message with these header fields and this body; lines end as they do on the wire. */
export const messageOf = (
  headers: Readonly<Record<string, string>>,
  body = "See you tomorrow.",
): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(
    [...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", body, ""].join("\r\n"),
  );

/** A message arrives; nobody waits for what becomes of it. */
export const arrive = (
  { useCase, workspace }: MailSender,
  raw: Uint8Array<ArrayBuffer>,
  arriving: Arriving = {},
): ReturnType<MailSender["workspace"]["world"]["sandbox"]["inbound"]> =>
  workspace.world.sandbox.inbound(raw, { rcpt: useCase.sender_email_address, ...arriving });

/** A message arrives and is listed for the setup; no other may arrive for it in the meantime. */
export async function receive(
  sender: MailSender,
  raw: Uint8Array<ArrayBuffer>,
  arriving: Arriving = {},
): Promise<InboundDetail> {
  const known = new Set((await newest(sender)).map(({ id }) => id));
  await arrive(sender, raw, arriving);
  const listed = await listedOnce("the message", sender, (emails) => emails.some(({ id }) => !known.has(id)));
  return inboundDetail(sender, listed.find(({ id }) => !known.has(id))?.id ?? "");
}

/** What arrived for the setup once there are so many; at most 200. */
export const received = (sender: MailSender, count: number): Promise<readonly InboundSummary[]> =>
  listedOnce(`${count} messages`, sender, ({ length }) => length >= count);

/** Workers leave what arrives while they are busy to their cron trigger, which nobody fires here: a tick does the same. */
const listedOnce = (
  what: string,
  sender: MailSender,
  areThere: (emails: readonly InboundSummary[]) => boolean,
): Promise<readonly InboundSummary[]> => {
  const { runtime, operator } = sender.workspace.world;
  const look = async (): Promise<readonly InboundSummary[]> => {
    const emails = await newest(sender);
    if (runtime === "workerd" && !areThere(emails)) await operator.expect(200, "POST", "/v1/operator/tick");
    return emails;
  };
  return until(`the setup lists ${what}`, look, areThere);
};

const newest = async (sender: MailSender): Promise<readonly InboundSummary[]> =>
  (await inboundList(sender, { limit: PAGE_MAX })).emails;

/** In the scope of the setup, unless the query names another. */
export function inboundList(sender: MailSender, query: Query = {}): Promise<InboundPage> {
  const isScoped = "use_case_id" in query || "setup_id" in query;
  const scoped = isScoped ? query : { setup_id: sender.setup.id, ...query };
  return read(sender, queryOf(scoped));
}

export const inboundDetail = (sender: MailSender, id: string): Promise<InboundDetail> =>
  read(sender, `/${id}`);

const read = <T>({ workspace: { api, path } }: MailSender, ending: string): Promise<T> =>
  api.get<T>(path(`/email/inbound${ending}`));

/** The thread of any of its messages. */
export const threadOf = (
  { workspace: { api, path } }: MailSender,
  id: string,
  query: Query = {},
): Promise<ThreadBody> => api.get<ThreadBody>(path(`/email/thread/${id}${queryOf(query)}`));

/** The answer, whatever it is; `ending` follows the e-mail's path: `/body`, `/raw`. */
export const askInbound = (
  { workspace: { api, path } }: MailSender,
  id: string,
  ending: string,
): Promise<ApiAnswer> => api.call("GET", path(`/email/inbound/${id}${ending}`));

export const attachmentPath = (name: string): string => `/attachment/${encodeURIComponent(name)}`;

/** What `/raw` or `/attachment/…` leads to. */
export async function downloaded(sender: MailSender, id: string, ending: string): Promise<ApiAnswer> {
  const redirect = assertStatus(await askInbound(sender, id, ending), 307, `GET ${ending}`);
  const { anonymous } = sender.workspace.world;
  const location = redirect.headers.get("location") ?? "";
  return assertStatus(await anonymous.call("GET", location), 200, `the download of ${ending}`);
}
