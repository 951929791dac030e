import { expect, test } from "bun:test";
import fc from "fast-check";
import { twilioWebhookSignatures } from "../../../adapters/twilio/webhook-signatures.ts";
import type { WebhookParameters } from "../../../core/ports/voice-webhooks.ts";
import { signWebhook } from "../../support/twilio-samples.ts";

const TOKEN = "12345";
const { isGenuine } = twilioWebhookSignatures;

/** The example of Twilio's page "Webhooks Security". */
const EXAMPLE = {
  url: "https://example.com/myapp.php?foo=1&bar=2",
  parameters: [
    ["CallSid", "CA1234567890ABCDE"],
    ["Caller", "+14158675310"],
    ["Digits", "1234"],
    ["From", "+14158675310"],
    ["To", "+18005551212"],
  ] satisfies WebhookParameters,
};

test("Twilio's own example, by HMAC-SHA1 of node:crypto", async () => {
  const text = `${EXAMPLE.url}${EXAMPLE.parameters.flat().join("")}`;
  const signature = new Bun.CryptoHasher("sha1", TOKEN).update(text).digest("base64");
  expect(await isGenuine(TOKEN, EXAMPLE, signature)).toBe(true);
  expect(await isGenuine("12346", EXAMPLE, signature)).toBe(false);
});

test.each<[string, string, string, boolean]>([
  ["https, signed with its port", "https://a.example/h", "https://a.example:443/h", true],
  ["https, signed without", "https://a.example/h", "https://a.example/h", true],
  ["http, signed with its port", "http://a.example/h", "http://a.example:80/h", true],
  ["a port of its own", "https://a.example:8443/h", "https://a.example:8443/h", true],
  ["a port of its own, signed without", "https://a.example:8443/h", "https://a.example/h", true],
  [
    "a port of its own, signed with the usual one",
    "https://a.example:8443/h",
    "https://a.example:443/h",
    false,
  ],
  ["https, signed with http's port", "https://a.example/h", "https://a.example:80/h", false],
  ["https, signed as http", "https://a.example/h", "http://a.example/h", false],
  ["a query", "https://a.example/h?x=1", "https://a.example:443/h?x=1", true],
  ["another query", "https://a.example/h?x=1", "https://a.example/h?x=2", false],
  ["no query", "https://a.example/h", "https://a.example/h?x=2", false],
  ["an IPv6 address", "http://[::1]:8080/h", "http://[::1]:8080/h", true],
  ["an IPv6 address, signed without its port", "http://[::1]:8080/h", "http://[::1]/h", true],
  ["another path", "https://a.example/h", "https://a.example/H", false],
])("%s", async (_, url, signed, expected) => {
  const signature = await signWebhook(TOKEN, signed, { A: "1" });
  expect(await isGenuine(TOKEN, { url, parameters: [["A", "1"]] }, signature)).toBe(expected);
});

test.each([
  ["empty", ""],
  ["no base64", "!!!!"],
  ["too short", "AAAA"],
  ["too long", `${"A".repeat(100_000)}=`],
  ["with a blank", `${"A".repeat(26)} =`],
])("a signature that is %s", async (_, signature) => {
  expect(await isGenuine(TOKEN, EXAMPLE, signature)).toBe(false);
});

test("any form is genuine as it was signed, in whatever order, and with nothing changed", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 8 });
  const form = fc.array(fc.tuple(text, text), { maxLength: 6 });
  const property = fc.asyncProperty(form, text, async (parameters, extra) => {
    const byName: Record<string, string[]> = Object.create(null);
    for (const [name, value] of parameters) (byName[name] ??= []).push(value);
    const url = "https://a.example/h";
    const signature = await signWebhook(TOKEN, url, byName);
    expect(await isGenuine(TOKEN, { url, parameters }, signature)).toBe(true);
    expect(await isGenuine(TOKEN, { url, parameters: parameters.toReversed() }, signature)).toBe(true);
    const more: WebhookParameters = [...parameters, ["Extra", `${extra}!`]];
    expect(await isGenuine(TOKEN, { url, parameters: more }, signature)).toBe(false);
  });
  await fc.assert(property, { numRuns: 100 });
});
