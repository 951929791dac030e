// A recursive resolver over HTTPS in the JSON form of Google and Cloudflare (`application/dns-json`), answering from the
// sandbox's own zone alone. RFC 8484's binary form is not spoken, and nothing is looked up outside.
import type { Context } from "hono";

import { pause, untilAborted } from "../recorded-call.ts";
import type { Sandbox } from "../sandbox.ts";
import { nameExists, normalName, ZONE_TYPES, type ZoneTable, type ZoneType, zoneValues } from "./zone.ts";

const TYPE_NUMBERS: Record<ZoneType, number> = { A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, AAAA: 28 };
const STATUS = { noError: 0, servFail: 2, nxDomain: 3 } as const;
const TTL_SECONDS = 60;
/** Resolvers give up on longer chains; Unbound's limit is 11. */
const CNAMES_MAX = 11;
/** RFC 1035 section 3.3: a character-string is at most 255 octets. */
const TXT_STRING_OCTETS_MAX = 255;

type Answer = { name: string; type: number; TTL: number; data: string };

/** `GET /dns-query?name=&type=`, for the first or the second of the two resolvers. */
export async function answerDnsQuery(sandbox: Sandbox, c: Context, resolver: 1 | 2): Promise<Response> {
  const startedAt = sandbox.clock();
  const name = normalName(c.req.query("name") ?? "");
  const typeText = (c.req.query("type") ?? "A").toUpperCase();
  const type = ZONE_TYPES.find((one) => one === typeText || String(TYPE_NUMBERS[one]) === typeText);
  const record = (status: number | "timeout"): void =>
    sandbox.calls.add({
      service: "dns",
      operation: `${type ?? typeText} ${name}`,
      status,
      startedAt,
      durationMs: sandbox.clock() - startedAt,
    });
  await pause(sandbox.faults.latencyMs("dns"));
  const trouble = sandbox.faults.dnsTrouble(name, resolver);
  if (trouble === "timeout") {
    record("timeout");
    await untilAborted(c.req.raw.signal);
    return new Response(null, { status: 504 });
  }
  if (name === "" || type === undefined) {
    record(400);
    return c.json({ error: "name and a type of A, AAAA, CNAME, MX, NS or TXT are needed" }, 400);
  }
  record(200);
  const { status, answers } =
    trouble === "servfail"
      ? { status: STATUS.servFail, answers: [] }
      : resolve(sandbox.records.zone, name, type);
  const body = {
    Status: status,
    TC: false,
    RD: true,
    RA: true,
    AD: false,
    CD: false,
    Question: [{ name, type: TYPE_NUMBERS[type] }],
    ...(answers.length > 0 ? { Answer: answers } : {}),
  };
  return c.body(JSON.stringify(body), 200, { "content-type": "application/dns-json" });
}

/** The records of the name, after the CNAMEs that lead to them, as a resolver finds them (RFC 1034 section 3.6.2). */
function resolve(zone: ZoneTable, name: string, type: ZoneType): { status: number; answers: Answer[] } {
  const answers: Answer[] = [];
  let current = name;
  for (let hops = 0; hops <= CNAMES_MAX; hops += 1) {
    const values = zoneValues(zone, current, type);
    const alias = type === "CNAME" ? undefined : zoneValues(zone, current, "CNAME")[0];
    if (values.length > 0 || alias === undefined) {
      answers.push(...values.map((value) => toAnswer(current, type, value)));
      const found = values.length > 0 || nameExists(zone, current);
      return { status: found ? STATUS.noError : STATUS.nxDomain, answers };
    }
    answers.push(toAnswer(current, "CNAME", alias));
    current = normalName(alias);
  }
  return { status: STATUS.servFail, answers: [] };
}

const toAnswer = (name: string, type: ZoneType, value: string): Answer => ({
  name,
  type: TYPE_NUMBERS[type],
  TTL: TTL_SECONDS,
  data: toData(type, value),
});

function toData(type: ZoneType, value: string): string {
  if (type === "TXT") return quoteText(value);
  if (type === "CNAME" || type === "NS" || type === "MX") return value.endsWith(".") ? value : `${value}.`;
  return value;
}

// A value that is quoted already stands as it is: so a record can be published in strings of one's own choice.
function quoteText(value: string): string {
  if (value.startsWith('"')) return value;
  const octets = new TextEncoder().encode(value);
  const strings: string[] = [];
  for (let at = 0; at < Math.max(1, octets.length); at += TXT_STRING_OCTETS_MAX) {
    strings.push(presentString(octets.subarray(at, at + TXT_STRING_OCTETS_MAX)));
  }
  return strings.join(" ");
}

// RFC 1035 section 5.1: quotes and backslashes are escaped, octets outside printable ASCII are \DDD.
function presentString(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) {
    if (octet === 0x22 || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`;
    else if (octet < 0x20 || octet > 0x7e) text += `\\${String(octet).padStart(3, "0")}`;
    else text += String.fromCharCode(octet);
  }
  return `"${text}"`;
}
