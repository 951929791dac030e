// Live DNS over HTTPS, in the JSON form that Cloudflare and Google answer. Every resolver is asked the same,
// in parallel; what their answers mean together is core's to say. Answers are not cached and not DNSSEC-validated.
import type { DnsAnswer, DnsRecordType, DnsResolver } from "../../core/ports/dns-resolver.ts";
import { boundedFetch } from "../system/bounded-fetch.ts";
import { parseJsonObject } from "../system/json.ts";
import { canonicalName, isRecordType, readDnsJson, recordText, type DnsJson } from "./dns-json.ts";

/** A name with every kind of TXT record on it stays under 10 KB. */
const ANSWER_BYTES_MAX = 64 * 1024;
/** Resolvers themselves give up at 8 to 16. */
const CNAMES_FOLLOWED_MAX = 8;

export function makeDohResolver(urls: readonly string[]): DnsResolver {
  return {
    lookup: (name, type, timeoutMs) => Promise.all(urls.map((url) => lookupAt(url, name, type, timeoutMs))),
  };
}

const FAILED: DnsAnswer = { kind: "failed" };

/** `timeoutMs` includes following aliases. */
async function lookupAt(
  url: string,
  name: string,
  type: DnsRecordType,
  timeoutMs: number,
): Promise<DnsAnswer> {
  const startedAt = performance.now();
  const asked = canonicalName(name);
  const seen = new Set<string>([asked]);
  let current = asked;
  for (;;) {
    const answer = await ask(url, current, type, timeoutMs - (performance.now() - startedAt));
    if (!answer) return FAILED;
    // A CNAME is asked for itself; for the other types it is followed, inside this answer first (RFC 1034 section 3.6.2).
    const from = current;
    if (type !== "CNAME") {
      const end = followed(answer, current, seen);
      if (end === null) return FAILED;
      current = end;
    }
    const values = answer.records
      .filter((record) => record.name === current && isRecordType(record, type))
      .map((record) => recordText(record))
      .filter((text) => text !== null);
    if (values.length > 0) return { kind: "records", values };
    // A chain that leads out of this answer: resolvers should have followed it, some stop half-way.
    if (current !== from && !answer.nameMissing) continue;
    // NXDOMAIN is about the end of the chain (RFC 6604 section 3): a name with a CNAME exists.
    return { kind: "none", nameExists: !answer.nameMissing || seen.size > 1 };
  }
}

/** The end of the CNAME chain from `name` as far as the answer tells it; null for a loop or a chain without end. */
function followed(answer: DnsJson, name: string, seen: Set<string>): string | null {
  let current = name;
  for (;;) {
    const alias = answer.records.find((record) => record.name === current && isRecordType(record, "CNAME"));
    if (!alias) return current;
    current = canonicalName(alias.data);
    if (seen.has(current) || seen.size > CNAMES_FOLLOWED_MAX) return null;
    seen.add(current);
  }
}

/** Null when the resolver did not answer, or answered that it could not find out. */
async function ask(
  url: string,
  name: string,
  type: DnsRecordType,
  timeoutMs: number,
): Promise<DnsJson | null> {
  if (timeoutMs <= 0) return null;
  const question = new URL(url);
  question.searchParams.set("name", name);
  question.searchParams.set("type", type);
  const answer = await boundedFetch(
    question.href,
    { headers: { accept: "application/dns-json" } },
    { timeoutMs, answerBytesMax: ANSWER_BYTES_MAX },
  );
  if (!answer.ok || answer.value.status !== 200) return null;
  const document = parseJsonObject(new TextDecoder().decode(answer.value.body));
  return document && readDnsJson(document);
}
