// A person leaves: by the button of their mail program, by the page, or by mail. The token is all there is to it: no
// login, no confirmation, whoever holds the message may (RFC 8058 section 3.2). Done means durable.
import type { Clock } from "../ports/clock.ts";
import type { IdSource } from "../ports/id-source.ts";
import type { SuppressionStore, UnsubscribableMail } from "../ports/suppression-store.ts";
import type { UnsubscribeTokens } from "../ports/unsubscribe-tokens.ts";
import { err, ok, type Result } from "../result.ts";
import type { UnsubscribeScope } from "../use-case/use-case.ts";
import { tokenOfAddress } from "./list-unsubscribe.ts";

export type ReadLinkPorts = {
  readonly suppressions: SuppressionStore;
  readonly unsubscribeTokens: UnsubscribeTokens;
};
export type UnsubscribePorts = ReadLinkPorts & { readonly clock: Clock; readonly ids: IdSource };

/** Forged, cut and foreign tokens answer alike. */
export type LinkNotFound = { readonly kind: "unsubscribe_link_not_found" };

/** What the page of this token shows; changes nothing, whoever asks and how often. */
export async function readUnsubscribeLink(
  { suppressions, unsubscribeTokens }: ReadLinkPorts,
  token: string,
): Promise<Result<UnsubscribableMail, LinkNotFound>> {
  const emailId = await unsubscribeTokens.read(token);
  const mail = emailId && (await suppressions.findMail(emailId));
  return mail ? ok(mail) : err({ kind: "unsubscribe_link_not_found" });
}

/** `scope`: null takes the one in force when the mail was sent. Unsubscribing twice equals once. */
export async function unsubscribe(
  { suppressions, unsubscribeTokens, clock, ids }: UnsubscribePorts,
  { token, scope }: { readonly token: string; readonly scope: UnsubscribeScope | null },
): Promise<Result<UnsubscribableMail, LinkNotFound>> {
  const emailId = await unsubscribeTokens.read(token);
  const mail = emailId && (await suppressions.unsubscribe(emailId, scope, ids.newId(), clock.now()));
  return mail ? ok(mail) : err({ kind: "unsubscribe_link_not_found" });
}

/**
 * Mail has arrived for these addresses: those with a token unsubscribe, whatever the mail says and whoever sent it.
 * Answers which did.
 */
export async function unsubscribeByMail(
  ports: UnsubscribePorts,
  recipients: readonly string[],
): Promise<readonly string[]> {
  const done: string[] = [];
  for (const recipient of recipients) {
    const token = tokenOfAddress(recipient);
    if (token !== null && (await unsubscribe(ports, { token, scope: null })).ok) done.push(recipient);
  }
  return done;
}
