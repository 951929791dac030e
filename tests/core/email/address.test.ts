import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { canonicalAddress, domainOf } from "../../../core/email/address.ts";

describe("canonicalAddress", () => {
  test.each([
    ["folds the local part", "Ann.Lee@example.com", "ann.lee@example.com"],
    ["folds the domain, which RFC 5321 section 2.4 compares so", "ann@EXAMPLE.Com", "ann@example.com"],
    ["folds A-labels", "ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example"],
    ["keeps a tag", "ann+News@example.com", "ann+news@example.com"],
    ["keeps dots", "a.n.n@example.com", "a.n.n@example.com"],
    ["keeps a quoted local part", '"Ann @ home"@example.com', '"ann @ home"@example.com'],
  ])("%s", (_, address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });

  test("the canonical form of a canonical form is itself, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = canonicalAddress(text);
        expect(canonicalAddress(once)).toBe(once);
      }),
    );
  });
});

describe("domainOf", () => {
  test.each([
    ["what follows the @", "ann@mail.example.com", "mail.example.com"],
    ["in lower case", "ann@Mail.EXAMPLE.com", "mail.example.com"],
    ["the last @ divides", '"ann@home"@example.com', "example.com"],
  ])("%s", (_, address, domain) => {
    expect(domainOf(address)).toBe(domain);
  });
});
