// What a message says about leaving: the headers that mail programs make a button of (RFC 2369, RFC 8058), and for
// marketing the list's name (RFC 2919) and a link in the bodies. Only the message is changed: the stored body stays the
// caller's. Both fields have to be covered by a DKIM signature (RFC 8058 section 4), which is SES's.
import type { Header } from "../message/headers.ts";
import type { EmailUseCase } from "../use-case/use-case.ts";

export type UnsubscribeLink = {
  /** Where one POST unsubscribes and a GET shows a page. */
  readonly url: string;
  /** Where any mail unsubscribes. */
  readonly mailtoUrl: string;
};

/** The part of an address before the token; no use case may send from it (sender-address.ts). */
export const UNSUBSCRIBE_LOCAL_PART = "u";

/** `publicUrl` without a slash at its end; `domain` is the setup's, whose mail arrives with us. */
export const unsubscribeLink = (publicUrl: string, domain: string, token: string): UnsubscribeLink => ({
  url: `${publicUrl}/u/${token}`,
  // RFC 6068 section 2: a plus stands for itself there.
  mailtoUrl: `mailto:${UNSUBSCRIBE_LOCAL_PART}+${token}@${domain}`,
});

const UNSUBSCRIBE_ADDRESS = new RegExp(`^${UNSUBSCRIBE_LOCAL_PART}\\+([a-z2-7]+)@`, "i");

/** The token in an address that mail arrived for, or null when it is another address. */
export const tokenOfAddress = (address: string): string | null =>
  UNSUBSCRIBE_ADDRESS.exec(address)?.[1] ?? null;

type List = Pick<EmailUseCase, "id" | "name" | "emailType">;

/** The headers of one message, once each. */
export function unsubscribeHeaders(link: UnsubscribeLink, useCase: List, domain: string): Header[] {
  const headers: Header[] = [
    // RFC 2369 section 2: from left to right in order of preference; RFC 8058 section 3.1: exactly one is https.
    { name: "List-Unsubscribe", value: { kind: "uris", uris: [link.url, link.mailtoUrl] } },
    // RFC 8058 section 3.1: this very text.
    { name: "List-Unsubscribe-Post", value: { kind: "text", text: "List-Unsubscribe=One-Click" } },
  ];
  if (useCase.emailType !== "marketing") return headers;
  // RFC 2919 section 2: a name in a domain of ours that never changes, and a phrase before it as before an address.
  const mailbox = { displayName: useCase.name, address: `${useCase.id}.${domain}` };
  return [...headers, { name: "List-Id", value: { kind: "mailbox", mailbox } }];
}
