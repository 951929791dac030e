// What a message says about leaving, as a recipient's mail program reads it, and the lists that show who left.
import assert from "node:assert/strict";
import type { ApiAnswer } from "./api-client.ts";
import { queryOf } from "./api-client.ts";
import type { SendExplanation, SuppressionItem, SuppressionPage } from "./api-shapes.ts";
import { type DeliveredMessage, deliveredMessage } from "./delivered-message.ts";
import type { MailSender } from "./mail-sender.ts";
import { makeMailSender } from "./mail-sender.ts";

export const ONE_CLICK = "List-Unsubscribe=One-Click";

export async function messageTo(sender: MailSender, address: string): Promise<DeliveredMessage> {
  const { sandbox } = sender.workspace.world;
  return deliveredMessage(sandbox, (await sandbox.onlyMail(address)).id);
}

/** The URL and address of the message's own two ways out. */
export function waysOut(message: DeliveredMessage): { readonly url: string; readonly address: string } {
  const [value = ""] = message.values("List-Unsubscribe");
  const [, url, address] = /^<(https?:[^<>\s]+)>, <mailto:([^<>\s]+)>$/.exec(value) ?? [];
  assert(url !== undefined && address !== undefined, value);
  return { url, address };
}

/** Sends to a fresh recipient, and answers where the message's one click goes. */
export async function mailWithLink(sender: MailSender, to = sender.newRecipient()) {
  const sent = await sender.send({ to_address: to });
  return { ...sent, to, ...waysOut(await messageTo(sender, to)) };
}

export const post = (
  sender: MailSender,
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = { "content-type": "application/x-www-form-urlencoded" },
): Promise<ApiAnswer> => sender.workspace.world.anonymous.call("POST", url, { body, headers });

/** What suppresses this address, seen from the sender's setup. */
export async function suppressionsOf(
  { workspace, setup }: MailSender,
  address: string,
): Promise<readonly SuppressionItem[]> {
  const query = queryOf({ setup_id: setup.id, address });
  return (await workspace.api.get<SuppressionPage>(workspace.path(`/email/suppression${query}`)))
    .suppressions;
}

export const explain = ({ workspace, useCase }: MailSender, address: string): Promise<SendExplanation> =>
  workspace.api.get(
    workspace.path(`/email/suppression/explain${queryOf({ use_case_id: useCase.id, address })}`),
  );

/** A send and `explain` say the same: it goes out, or this reason stops it in this scope. */
export async function assertStopped(
  sender: MailSender,
  address: string,
  stopped: { readonly reason: string; readonly scope: string } | null,
): Promise<void> {
  const explained = await explain(sender, address);
  const answer = await sender.post({ to_address: address });
  const seen = `${JSON.stringify(explained)} ${answer.status} ${answer.text}`;
  if (stopped === null) {
    assert.equal(explained.would_send, true, seen);
    assert.equal(answer.status, 201, seen);
    return;
  }
  assert.deepEqual([explained.would_send, explained.rule], [false, stopped.reason], seen);
  assert.equal(explained.suppression?.scope, stopped.scope, seen);
  assert.equal(answer.status, 422, seen);
  const problem = JSON.parse(answer.text) as Readonly<Record<string, unknown>>;
  assert.deepEqual(
    [problem["code"], problem["reason"], problem["rule"], problem["scope"], problem["since"]],
    ["recipient_suppressed", stopped.reason, explained.rule, stopped.scope, explained.suppression?.since],
  );
}

/** Another use case on the same setup. */
export async function siblingOf({ workspace, setup }: MailSender): Promise<MailSender> {
  return makeMailSender(workspace, setup, await workspace.useCase(setup));
}
