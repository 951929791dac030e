import { describe, expect, test } from "bun:test";
import { makeDohResolver } from "../../../adapters/doh/dns-resolver.ts";
import type { DnsAnswer, DnsRecordType } from "../../../core/ports/dns-resolver.ts";
import { startStubServer, type StubRequest } from "../../support/stub-server.ts";

type Record = { name: string; type: number; data: string };
const CNAME = 5;
const MX = 15;
const TXT = 16;

const dns = (status: number, records: readonly Record[] = []) =>
  Response.json({ Status: status, Answer: records.map((record) => ({ TTL: 60, ...record })) });
const question = (request: StubRequest) => new URLSearchParams(request.target.split("?")[1]);

async function lookup(
  answer: (request: StubRequest) => Response | Promise<Response>,
  name: string,
  type: DnsRecordType,
): Promise<{ answers: readonly DnsAnswer[]; requests: readonly StubRequest[] }> {
  const server = startStubServer(answer);
  const answers = await makeDohResolver([`${server.url}/dns-query`]).lookup(name, type, 3000);
  return { answers, requests: server.requests };
}

describe("one answer", () => {
  const none = (nameExists: boolean): DnsAnswer => ({ kind: "none", nameExists });
  const records = (...values: string[]): DnsAnswer => ({ kind: "records", values });
  const failed: DnsAnswer = { kind: "failed" };
  const at = (name: string, type: number, ...data: string[]): Record[] =>
    data.map((value) => ({ name, type, data: value }));

  const rows: readonly (readonly [string, DnsRecordType, () => Response, DnsAnswer])[] = [
    [
      "a CNAME: lower case, no trailing dot",
      "CNAME",
      () => dns(0, at("a.org.", CNAME, "T.DKIM.example.")),
      records("t.dkim.example"),
    ],
    ["a CNAME's own name in capitals", "CNAME", () => dns(0, at("A.ORG.", CNAME, "b.org")), records("b.org")],
    [
      "a CNAME is not followed when it is asked for",
      "CNAME",
      () => dns(0, [...at("a.org", CNAME, "b.org"), ...at("b.org", CNAME, "c.org")]),
      records("b.org"),
    ],
    [
      "MX",
      "MX",
      () => dns(0, at("a.org", MX, "10 MX1.example.", "020  mx2.example")),
      records("10 mx1.example", "20 mx2.example"),
    ],
    ["a null MX", "MX", () => dns(0, at("a.org", MX, "0 .")), records("0 .")],
    ["an MX that is none", "MX", () => dns(0, at("a.org", MX, "mx.example", "10 a b")), none(true)],
    [
      "TXT strings are joined",
      "TXT",
      () => dns(0, at("a.org", TXT, `"v=spf1 inc" "lude:x ~all"`)),
      records("v=spf1 include:x ~all"),
    ],
    ["TXT escapes", "TXT", () => dns(0, at("a.org", TXT, String.raw`"a\"b\\c\059d"`)), records(`a"b\\c;d`)],
    [
      "TXT without quotes, as some resolvers give it",
      "TXT",
      () => dns(0, at("a.org", TXT, "v=DMARC1; p=none;")),
      records("v=DMARC1; p=none;"),
    ],
    ["an empty TXT", "TXT", () => dns(0, at("a.org", TXT, `""`)), records("")],
    ["several TXT", "TXT", () => dns(0, at("a.org", TXT, `"a"`, `"b"`)), records("a", "b")],
    [
      "TXT behind a CNAME",
      "TXT",
      () => dns(0, [...at("a.org", CNAME, "b.org."), ...at("b.org.", TXT, `"x"`)]),
      records("x"),
    ],
    [
      "TXT behind two, in any order",
      "TXT",
      () =>
        dns(0, [...at("c.org", TXT, `"x"`), ...at("b.org", CNAME, "c.org"), ...at("a.org", CNAME, "b.org")]),
      records("x"),
    ],
    [
      "records of other names and types do not count",
      "TXT",
      () => dns(0, [...at("evil.org", TXT, `"x"`), ...at("a.org", MX, "10 x")]),
      none(true),
    ],
    ["no such name", "MX", () => dns(3), none(false)],
    ["no such record", "MX", () => dns(0), none(true)],
    [
      "a CNAME to nowhere: the name itself is there",
      "MX",
      () => dns(3, at("a.org", CNAME, "gone.org")),
      none(true),
    ],
    ["a CNAME to itself", "TXT", () => dns(0, at("a.org", CNAME, "a.org")), failed],
    [
      "CNAMEs in a ring",
      "TXT",
      () => dns(0, [...at("a.org", CNAME, "b.org"), ...at("b.org", CNAME, "a.org")]),
      failed,
    ],
    [
      "nine CNAMEs",
      "TXT",
      () =>
        dns(
          0,
          Array.from({ length: 9 }, (_, i) => ({
            name: i ? `n${i}` : "a.org",
            type: CNAME,
            data: `n${i + 1}`,
          })),
        ),
      failed,
    ],
    ["SERVFAIL", "TXT", () => dns(2), failed],
    ["REFUSED", "TXT", () => dns(5), failed],
    ["a status that is no number", "TXT", () => Response.json({ Status: "0" }), failed],
    ["a server error", "TXT", () => new Response("", { status: 500 }), failed],
    ["a captive portal", "TXT", () => new Response("<html>"), failed],
    ["a redirect", "TXT", () => Response.redirect("http://127.0.0.1:1/"), failed],
    ["a list", "TXT", () => Response.json([]), failed],
    ["a huge answer", "TXT", () => dns(0, at("a.org", TXT, "x".repeat(70_000))), failed],
    [
      "records of no shape",
      "TXT",
      () =>
        Response.json({
          Status: 0,
          Answer: [null, 1, { name: 1 }, { name: "a.org", type: "16", data: "x" }],
        }),
      none(true),
    ],
    [
      "an Answer that is no list",
      "TXT",
      () => Response.json({ Status: 0, Answer: { length: 5 } }),
      none(true),
    ],
  ];
  test.each(rows)("%s", async (_, type, answer, expected) => {
    expect((await lookup(answer, "A.org.", type)).answers).toEqual([expected]);
  });

  test("a resolver that is not there", async () => {
    expect(await makeDohResolver(["http://127.0.0.1:1/dns-query"]).lookup("a.org", "MX", 3000)).toEqual([
      failed,
    ]);
  });

  test("of a thousand records a hundred are looked at", async () => {
    const many = at("a.org", TXT, ...Array.from({ length: 1000 }, (_, i) => `"${i}"`));
    const { answers } = await lookup(() => dns(0, many), "a.org", "TXT");
    expect(answers[0]?.kind === "records" && answers[0].values.length).toBe(100);
  });
});

describe("asking", () => {
  test("the name goes in lower case, as JSON is asked for, and a query of the URL's own stays", async () => {
    const server = startStubServer(() => dns(3));
    await makeDohResolver([`${server.url}/dns-query?resolver=2`]).lookup("_DMARC.A.org", "TXT", 3000);
    const [request] = server.requests;
    expect(request?.headers.get("accept")).toBe("application/dns-json");
    expect(request && Object.fromEntries(question(request))).toEqual({
      resolver: "2",
      name: "_dmarc.a.org",
      type: "TXT",
    });
  });

  test("a chain that a resolver left half-way is followed by asking on", async () => {
    const { answers, requests } = await lookup(
      (request) =>
        question(request).get("name") === "a.org"
          ? dns(0, [{ name: "a.org", type: CNAME, data: "b.org" }])
          : dns(0, [{ name: "b.org", type: TXT, data: `"x"` }]),
      "a.org",
      "TXT",
    );
    expect(answers).toEqual([{ kind: "records", values: ["x"] }]);
    expect(requests).toHaveLength(2);
  });

  test("a chain without end is left after eight", async () => {
    const { answers, requests } = await lookup(
      (request) => {
        const name = question(request).get("name") ?? "";
        return dns(0, [{ name, type: CNAME, data: `x${name}` }]);
      },
      "a.org",
      "TXT",
    );
    expect(answers).toEqual([{ kind: "failed" }]);
    expect(requests.length).toBeLessThanOrEqual(9);
  });

  test("all resolvers are asked at once, and answer in their order", async () => {
    const second = Promise.withResolvers<Response>();
    const slow = startStubServer(() => second.promise);
    const fast = startStubServer(() => {
      // The first is answered only when the second has been asked: one after the other would never end.
      second.resolve(dns(0, [{ name: "a.org", type: MX, data: "10 slow.org" }]));
      return dns(3);
    });
    expect(await makeDohResolver([slow.url, fast.url]).lookup("a.org", "MX", 3000)).toEqual([
      { kind: "records", values: ["10 slow.org"] },
      { kind: "none", nameExists: false },
    ]);
  });
});
