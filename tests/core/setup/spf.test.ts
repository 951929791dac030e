import { describe, expect, test } from "bun:test";
import { isSpfRecord, spfIncludes } from "../../../core/setup/spf.ts";

describe("isSpfRecord", () => {
  const rows: [text: string, is: boolean][] = [
    ["v=spf1 -all", true],
    ["v=spf1", true],
    ["V=SPF1 -all", true],
    ["v=spf10 -all", false],
    ["v=spf1-all", false],
    [" v=spf1 -all", false],
    ['"v=spf1 -all"', false],
    ["spf2.0/pra -all", false],
  ];
  test.each(rows)("%p: %p", (text, is) => {
    expect(isSpfRecord(text)).toBe(is);
  });
});

describe("spfIncludes", () => {
  const rows: [name: string, record: string, includes: boolean][] = [
    ["ours", "v=spf1 include:amazonses.com ~all", true],
    [
      "among others, in any order",
      "v=spf1 ip4:192.0.2.1 a include:x.example include:amazonses.com -all",
      true,
    ],
    ["with the qualifier that is meant without", "v=spf1 +include:amazonses.com -all", true],
    ["in capitals, with a trailing dot", "v=spf1 INCLUDE:AmazonSES.com. -ALL", true],
    ["between several blanks", "v=spf1   include:amazonses.com   -all", true],
    ["without all", "v=spf1 include:amazonses.com", true],
    ["under a qualifier that does not pass", "v=spf1 -include:amazonses.com ~all", false],
    ["under a neutral one", "v=spf1 ?include:amazonses.com ~all", false],
    ["after all, where nothing is tested", "v=spf1 ~all include:amazonses.com", false],
    ["another zone that ends alike", "v=spf1 include:notamazonses.com ~all", false],
    ["a zone below it", "v=spf1 include:x.amazonses.com ~all", false],
    ["nothing", "v=spf1 -all", false],
    ["the name of another mechanism", "v=spf1 exists:amazonses.com -all", false],
  ];
  test.each(rows)("%s", (_, record, includes) => {
    expect(spfIncludes(record, "amazonses.com")).toBe(includes);
  });
});
