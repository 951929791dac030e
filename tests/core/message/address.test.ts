import { expect, test } from "bun:test";
import { type AddressFault, parseAddress } from "../../../core/message/address.ts";
import { err, ok } from "../../../core/result.ts";

const TAKEN: readonly [name: string, text: string, local: string, domain: string][] = [
  ["a plain address", "ann@example.com", "ann", "example.com"],
  ["the local part keeps its case, the domain has none", "Ann@Example.COM", "Ann", "example.com"],
  [
    "tags, dots and all of atext",
    "a.b+c!#$%&'*/=?^_`{|}~-@x.example",
    "a.b+c!#$%&'*/=?^_`{|}~-",
    "x.example",
  ],
  ["A-labels", "ann@xn--bcher-kva.example", "ann", "xn--bcher-kva.example"],
  ["digits in all labels but the last", "ann@1.2.3.com", "ann", "1.2.3.com"],
  ["64 octets of local part", `${"a".repeat(64)}@x.example`, "a".repeat(64), "x.example"],
];

test.each(TAKEN)("%s", (_name, text, local, domain) => {
  expect(parseAddress(text)).toEqual(ok({ local, domain }));
});

const label = "a".repeat(63);
const REFUSED: readonly [name: string, text: string, fault: AddressFault][] = [
  ["nothing", "", "no_at_sign"],
  ["no @", "ann.example.com", "no_at_sign"],
  ["no local part", "@example.com", "malformed_local_part"],
  ["no domain", "ann@", "malformed_domain"],
  ["RFC 5321 section 4.1.2: a quoted local part", '"a b"@example.com', "quoted_local_part"],
  ["RFC 6531: a local part beyond ASCII", "jürgen@example.com", "non_ascii_local_part"],
  ["a leading dot", ".ann@example.com", "malformed_local_part"],
  ["a trailing dot", "ann.@example.com", "malformed_local_part"],
  ["two dots", "a..b@example.com", "malformed_local_part"],
  ["a space", "a b@example.com", "malformed_local_part"],
  ["a second @", "a@b@example.com", "malformed_local_part"],
  ["a display name", "Ann <ann@example.com>", "malformed_local_part"],
  ["a comment", "ann(x)@example.com", "malformed_local_part"],
  ["a header in the local part", "a\r\nBcc: b@example.com", "malformed_local_part"],
  ["RFC 5321 section 4.5.3.1.1: 65 octets", `${"a".repeat(65)}@x.example`, "local_part_too_long"],
  ["an address literal", "ann@[192.0.2.1]", "address_literal"],
  ["an IPv4 address", "ann@192.0.2.1", "malformed_domain"],
  ["one label", "ann@localhost", "malformed_domain"],
  ["a domain beyond ASCII", "ann@bücher.example", "malformed_domain"],
  ["an underscore in the domain", "ann@a_b.example", "malformed_domain"],
  ["a hyphen at an edge", "ann@-a.example", "malformed_domain"],
  ["a trailing dot of the domain", "ann@example.com.", "malformed_domain"],
  ["a header after the domain", "ann@example.com\r\n", "malformed_domain"],
  ["a label of 64", `ann@${"a".repeat(64)}.example`, "malformed_domain"],
  ["254 octets of domain", `a@${label}.${label}.${label}.${"a".repeat(58)}.com`, "malformed_domain"],
  [
    "RFC 3696 erratum 1690: 255 octets",
    `aaaaa@${label}.${label}.${label}.${"a".repeat(57)}`,
    "address_too_long",
  ],
];

test.each(REFUSED)("refused: %s", (_name, text, fault) => {
  expect(parseAddress(text)).toEqual(err(fault));
});

test("254 octets are an address", () => {
  expect(parseAddress(`aaaa@${label}.${label}.${label}.${"a".repeat(57)}`)).toMatchObject({ ok: true });
});

test("a hostile address is refused at once", () => {
  expect(parseAddress(`${"a.".repeat(500_000)}@x.example`)).toEqual(err("local_part_too_long"));
  expect(parseAddress(`a@${"a.".repeat(500_000)}`)).toEqual(err("malformed_domain"));
});
