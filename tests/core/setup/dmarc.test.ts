import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { dmarcTreeWalk, inheritedDmarc, isDmarcRecord, parseDmarc } from "../../../core/setup/dmarc.ts";

describe("parseDmarc", () => {
  const rows: [name: string, text: string, policy: string | null][] = [
    ["our own record", "v=DMARC1; p=none;", "none"],
    ["a stricter one with reports", "v=DMARC1; p=reject; rua=mailto:d@example.com; adkim=s", "reject"],
    ["blanks around everything", "v = DMARC1 ; p = quarantine", "quarantine"],
    ["values in capitals", "v=DMARC1;P=Reject", "reject"],
    ["tags in any order", "v=DMARC1;sp=none;p=quarantine", "quarantine"],
    ["unknown and abolished tags", "v=DMARC1;p=none;pct=50;x=y", "none"],
    ["a tag that is none", "v=DMARC1;p=none;;junk", "none"],
    ["the first of a tag given twice", "v=DMARC1;p=reject;p=none", "reject"],
    ["no policy, with a report address: watch only", "v=DMARC1; rua=mailto:d@example.com", "none"],
    ["a bad policy, with a report address", "v=DMARC1; p=block; rua=mailto:d@example.com", "none"],
    ["a bad subdomain policy, with a report address", "v=DMARC1;p=reject;sp=x;rua=mailto:d@e.com", "none"],
    ["a bad subdomain policy", "v=DMARC1;p=reject;sp=x", null],
    ["a bad policy for names that do not exist", "v=DMARC1;p=reject;np=x", null],
    ["no policy", "v=DMARC1", null],
    ["no policy, and a report address that is none", "v=DMARC1; rua=example.com", null],
    ["a version in another case", "v=dmarc1; p=none", null],
    ["a later version", "v=DMARC10; p=none", null],
    ["a version that is not first", "p=none; v=DMARC1", null],
    ["a quoted record", '"v=DMARC1; p=none"', null],
    ["an SPF record", "v=spf1 -all", null],
  ];
  test.each(rows)("%s", (_, text, policy) => {
    expect(parseDmarc(text)?.policy ?? null).toBe(policy as never);
  });

  test("never throws, and a policy needs the version", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (parseDmarc(text)) expect(isDmarcRecord(text)).toBe(true);
      }),
    );
  });
});

describe("dmarcTreeWalk asks", () => {
  const rows: [name: string, domain: string, asked: string[]][] = [
    ["a domain and its top", "example.com", ["example.com", "com"]],
    ["each ancestor", "a.mail.example.com", ["a.mail.example.com", "mail.example.com", "example.com", "com"]],
    [
      "seven labels one by one",
      "1.2.3.4.5.6.com",
      ["1.2.3.4.5.6.com", "2.3.4.5.6.com", "3.4.5.6.com", "4.5.6.com", "5.6.com", "6.com", "com"],
    ],
    // RFC 9989 section 4.10 walks a.b.c.d.e.f.g.h.i.j.mail.example.com this way.
    [
      "the last seven labels of a longer one",
      "a.b.c.d.e.f.g.h.i.j.mail.example.com",
      [
        "a.b.c.d.e.f.g.h.i.j.mail.example.com",
        "g.h.i.j.mail.example.com",
        "h.i.j.mail.example.com",
        "i.j.mail.example.com",
        "j.mail.example.com",
        "mail.example.com",
        "example.com",
        "com",
      ],
    ],
  ];
  test.each(rows)("%s", (_, domain, asked) => {
    expect(dmarcTreeWalk(domain)).toEqual(asked.map((name) => `_dmarc.${name}`));
  });

  test("at most eight names, whatever the domain", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "bc"), { minLength: 1, maxLength: 100 }), (labels) => {
        const walk = dmarcTreeWalk(labels.join("."));
        expect(walk.length).toBeLessThanOrEqual(8);
        expect(new Set(walk).size).toBe(walk.length);
      }),
    );
  });
});

describe("inheritedDmarc takes", () => {
  const NONE = "v=DMARC1; p=none";
  const REJECT = "v=DMARC1; p=reject";
  const rows: [name: string, walked: [string, string[]][], inherited: string | null][] = [
    [
      "nothing where nothing stands",
      [
        ["b.c", []],
        ["c", []],
      ],
      null,
    ],
    [
      "the one there is",
      [
        ["b.c", [NONE]],
        ["c", []],
      ],
      "b.c",
    ],
    [
      "that of the fewest labels",
      [
        ["a.b.c", [NONE]],
        ["b.c", [REJECT]],
        ["c", []],
      ],
      "b.c",
    ],
    [
      "nothing of two at one name",
      [
        ["b.c", [NONE, REJECT]],
        ["c", []],
      ],
      null,
    ],
    [
      "nothing of a record without policy",
      [
        ["b.c", ["v=DMARC1"]],
        ["c", []],
      ],
      null,
    ],
    [
      "the organization's top, and nothing above",
      [
        ["b.c", [`${NONE}; psd=n`]],
        ["c", [REJECT]],
      ],
      "b.c",
    ],
    [
      "the organization's before the suffix's",
      [
        ["b.c", [NONE]],
        ["c", [`${REJECT}; psd=y`]],
      ],
      "b.c",
    ],
    [
      "the suffix's own as a last resort",
      [
        ["b.c", []],
        ["c", [`${REJECT}; psd=y`]],
      ],
      "c",
    ],
  ];
  test.each(rows)("%s", (_, walked, inherited) => {
    const names = walked.map(([name, records]) => ({ name, records }));
    expect(inheritedDmarc(names)?.name ?? null).toBe(inherited);
  });
});
