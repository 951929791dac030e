// Checks X-Twilio-Signature: base64 of HMAC-SHA1 under the account's token over the URL, then each parameter's name and value
// in the order of the names. Twilio, "Webhooks Security"; as Twilio's own libraries do it, with and without the URL's port,
// and with the distinct values of a repeated name in their order.
import type { WebhookParameters, WebhookSignatures } from "../../core/ports/voice-webhooks.ts";
import { decodeBase64 } from "../system/decode-base64.ts";

const HMAC_SHA1 = { name: "HMAC", hash: "SHA-1" } as const;
const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { "https:": "443", "http:": "80" };

export const twilioWebhookSignatures: WebhookSignatures = {
  async isGenuine(authToken, { url, parameters }, signature) {
    const mac = SIGNATURE.test(signature) ? decodeBase64(signature) : null;
    if (!mac) return false;
    const encoder = new TextEncoder();
    const key = await crypto.subtle.importKey("raw", encoder.encode(authToken), HMAC_SHA1, false, ["verify"]);
    const posted = joined(parameters);
    // WebCrypto's verify compares in constant time; both are looked at, so that it does not tell which one was right.
    const checks = await Promise.all(
      portForms(url).map((form) => crypto.subtle.verify(HMAC_SHA1, key, mac, encoder.encode(form + posted))),
    );
    return checks.includes(true);
  },
};

function joined(parameters: WebhookParameters): string {
  const byName = new Map<string, Set<string>>();
  for (const [name, value] of parameters) byName.set(name, (byName.get(name) ?? new Set()).add(value));
  return [...byName.keys()]
    .toSorted()
    .flatMap((name) => [...(byName.get(name) ?? [])].toSorted().map((value) => name + value))
    .join("");
}

/** The URL with its port, the scheme's own when it names none, and without. */
function portForms(url: string): readonly [string, string] {
  const [, scheme = "", host = "", port, rest = ""] =
    /^(https?:)\/\/(\[[^\]]+\]|[^/?:]+)(?::(\d+))?(.*)$/.exec(url) ?? [];
  const given = port ?? DEFAULT_PORTS[scheme] ?? "";
  return [`${scheme}//${host}:${given}${rest}`, `${scheme}//${host}${rest}`];
}
