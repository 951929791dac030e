// Domains and addresses as callers write them, turned into what mail is sent with: A-labels (UTS-46, by the platform's
// URL parser, which core does not have). What is valid is core's decision.
import { z } from "@hono/zod-openapi";
import {
  ADDRESS_MAX,
  type AddressFault,
  type AddrSpec,
  NOT_IN_A_HOST,
  parseAddress,
} from "../core/message/address.ts";
import type { Result } from "../core/result.ts";

/** The domain in lower-case A-labels. What is no host comes back as it was, for core to refuse and to say why. */
export function toAsciiDomain(domain: string): string {
  if (NOT_IN_A_HOST.test(domain)) return domain;
  const url = `http://${domain}`;
  if (URL.canParse(url)) return new URL(url).hostname;
  // A label such as `xn--a` has the letters of a host name and is none (RFC 5890 section 2.3.2.1).
  return domain.replaceAll(/\bxn--/gi, "xn--_");
}

/** An address mail can be sent to: the local part as given, the domain in A-labels. */
export function toSendableAddress(text: string): Result<AddrSpec, AddressFault> {
  const at = text.lastIndexOf("@");
  return parseAddress(at < 0 ? text : `${text.slice(0, at)}@${toAsciiDomain(text.slice(at + 1))}`);
}

export const addressOf = ({ local, domain }: AddrSpec): string => `${local}@${domain}`;

const FAULT_MESSAGES: Readonly<Record<AddressFault, string>> = {
  no_at_sign: "must be an e-mail address such as pat@example.org",
  quoted_local_part: "must not have a quoted local part",
  non_ascii_local_part: "must have an ASCII local part: the mail service cannot deliver to others",
  malformed_local_part: "has a malformed part before the @",
  local_part_too_long: "must have at most 64 characters before the @",
  address_literal: "must name a domain, not an IP address",
  malformed_domain: "has a malformed domain",
  address_too_long: "must have at most 254 characters",
};

export const addressFaultMessage = (fault: AddressFault): string => FAULT_MESSAGES[fault];

function refuse(fault: AddressFault, context: z.RefinementCtx): never {
  context.addIssue({ code: "custom", message: addressFaultMessage(fault), params: { code: fault } });
  return z.NEVER;
}

/** An e-mail address in a body or query, in its two parts. */
export const addrSpecText = z
  .string()
  .transform((text, context) => {
    const address = toSendableAddress(text);
    return address.ok ? address.value : refuse(address.error, context);
  })
  .openapi({ type: "string", format: "email" });

/** The same, answered whole in its sendable form. */
export const addressText = addrSpecText.transform(addressOf).openapi({ type: "string", format: "email" });

/** Of somebody who wrote: as addressText where mail can be sent to it, else as they wrote it (RFC 5321 section 4.1.2, RFC 6531). */
export const receivedAddressText = z
  .string()
  .max(ADDRESS_MAX)
  .transform((text, context) => {
    const address = toSendableAddress(text);
    if (address.ok) return addressOf(address.value);
    return address.error === "no_at_sign" ? refuse(address.error, context) : text;
  })
  .openapi({ type: "string" });
