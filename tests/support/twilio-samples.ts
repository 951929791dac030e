// Twilio's things by number, and its webhook signature written a second time from Twilio's page "Webhooks security", so
// that neither the product nor the sandbox is measured by itself.

const sid = (prefix: string, n: number): string => `${prefix}${n.toString(16).padStart(32, "0")}`;
export const accountSid = (n: number): string => sid("AC", n);
export const profileSid = (n: number): string => sid("BU", n);
export const numberSid = (n: number): string => sid("PN", n);

export type WebhookParameters = Readonly<Record<string, string | readonly string[]>>;

/** `X-Twilio-Signature` of a POST to this URL. */
export async function signWebhook(
  authToken: string,
  url: string,
  parameters: WebhookParameters,
): Promise<string> {
  const pairs = Object.entries(parameters).flatMap(([name, values]) =>
    [...new Set([values].flat())].map((value) => [name, value] as const),
  );
  pairs.sort(([a, x], [b, y]) => (a === b ? Number(x > y) - Number(x < y) : a < b ? -1 : 1));
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(authToken),
    { name: "HMAC", hash: "SHA-1" },
    false,
    ["sign"],
  );
  const text = encoder.encode(url + pairs.map((pair) => pair.join("")).join(""));
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, text));
  return btoa(String.fromCharCode(...mac));
}
