// The JSON form of a DNS answer (application/dns-json, as Google and Cloudflare document it) and its presentation-format
// data (RFC 1035 section 5.1), read with doubt: it comes from outside.
import type { DnsRecordType } from "../../core/ports/dns-resolver.ts";
import { asArray, asObject, asText, type JsonObject } from "../system/json.ts";

export type DnsJsonRecord = {
  /** Lower case, no trailing dot. */
  readonly name: string;
  readonly type: number;
  readonly data: string;
};

export type DnsJson = {
  /** NXDOMAIN. Otherwise the name exists, with or without such records. */
  readonly nameMissing: boolean;
  readonly records: readonly DnsJsonRecord[];
};

const NOERROR = 0;
const NXDOMAIN = 3;
/** More at one name is no mail set-up. */
const RECORDS_MAX = 100;
const DATA_CHARACTERS_MAX = 4096;
const NAME_CHARACTERS_MAX = 256;

/** RFC 1035 section 3.2.2. */
const TYPE_NUMBERS: Readonly<Record<DnsRecordType, number>> = { CNAME: 5, MX: 15, TXT: 16 };

/** Null for SERVFAIL and every other code that says neither yes nor no. */
export function readDnsJson(document: JsonObject): DnsJson | null {
  const status = document.Status;
  if (status !== NOERROR && status !== NXDOMAIN) return null;
  const records: DnsJsonRecord[] = [];
  for (const item of asArray(document.Answer).slice(0, RECORDS_MAX)) {
    const record = asObject(item);
    const name = asText(record?.name, NAME_CHARACTERS_MAX);
    const data = asText(record?.data, DATA_CHARACTERS_MAX);
    if (name !== null && data !== null && typeof record?.type === "number")
      records.push({ name: canonicalName(name), type: record.type, data });
  }
  return { nameMissing: status === NXDOMAIN, records };
}

export const isRecordType = (record: DnsJsonRecord, type: DnsRecordType): boolean =>
  record.type === TYPE_NUMBERS[type];

/** Lower case, without trailing dot; the root stays ".". */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.length > 1 && lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/** The value as the DnsResolver port has it; null when the data is not of its type's form. */
export function recordText({ type, data }: DnsJsonRecord): string | null {
  if (type === TYPE_NUMBERS.TXT) return joinedStrings(data);
  if (type === TYPE_NUMBERS.CNAME) return canonicalName(data.trim());
  const [, preference, host] = /^(\d{1,5})\s+(\S+)$/.exec(data.trim()) ?? [];
  return preference && host ? `${Number(preference)} ${canonicalName(host)}` : null;
}

/** `"one" "two"` to `onetwo`, `\"` and `\065` decoded. Some resolvers give the text bare: then it is taken as it is. */
function joinedStrings(data: string): string {
  if (!data.startsWith('"')) return data;
  let joined = "";
  for (const [, string = ""] of data.matchAll(/"((?:[^"\\]|\\[\s\S])*)"/g)) joined += unescaped(string);
  return joined;
}

function unescaped(string: string): string {
  // RFC 1035 section 5.1: a backslash and three decimal digits are an octet, any other character stands for itself.
  return string.replaceAll(/\\(\d{3}|[\s\S])/g, (_, escaped: string) =>
    escaped.length === 3 ? String.fromCharCode(Number(escaped) & 0xff) : escaped,
  );
}
