import { describe, expect, test } from "bun:test";
import { toAsciiDomain, toSendableAddress } from "../../edge/address.ts";

describe("domains in A-labels", () => {
  const rows: readonly (readonly [name: string, domain: string, ascii: string])[] = [
    ["stays ASCII", "mail.example.org", "mail.example.org"],
    ["is lower-cased", "Mail.Example.ORG", "mail.example.org"],
    ["U-labels are converted", "praxis-müller.example", "xn--praxis-mller-klb.example"],
    ["full-width dots divide", "a。example", "a.example"],
    ["a port is left for core to refuse", "example.org:25", "example.org:25"],
    ["a path is left for core to refuse", "example.org/x", "example.org/x"],
    ["user information is left for core to refuse", "a@example.org", "a@example.org"],
    ["an encoded character is left for core to refuse", "%65xample.org", "%65xample.org"],
    ["an A-label that decodes to nothing is made one core refuses", "xn--a.example", "xn--_a.example"],
    ["what is no host is left for core to refuse", "exa mple.org", "exa mple.org"],
  ];
  for (const [name, domain, ascii] of rows) test(name, () => expect(toAsciiDomain(domain)).toBe(ascii));
});

describe("addresses mail can be sent to", () => {
  test("keep the case of the local part", () =>
    expect(toSendableAddress("Pat.O'Hara+news@Exämple.org")).toEqual({
      ok: true,
      value: { local: "Pat.O'Hara+news", domain: "xn--exmple-cua.org" },
    }));

  const refused: readonly (readonly [text: string, fault: string])[] = [
    ["pat", "no_at_sign"],
    ['"pat"@example.org', "quoted_local_part"],
    ["pät@example.org", "non_ascii_local_part"],
    ["pat..x@example.org", "malformed_local_part"],
    ["pat@[192.0.2.1]", "address_literal"],
    ["pat@192.0.2.1", "malformed_domain"],
    ["pat@0x7f.1", "malformed_domain"],
    ["pat@localhost", "malformed_domain"],
    ["pat@example.org\r\nBcc: x@example.org", "malformed_local_part"],
    [`${"a".repeat(65)}@example.org`, "local_part_too_long"],
  ];
  for (const [text, fault] of refused)
    test(`refuse ${JSON.stringify(text.slice(0, 40))}`, () =>
      expect(toSendableAddress(text)).toMatchObject({ ok: false, error: fault }));
});
