// The sandbox's part of the DNS: one flat table of (name, type) with values as a person would type them at a DNS
// provider, `10 mail.example.com` for an MX. No zones, no SOA, no wildcards, no TTLs of one's own.
import type { ZoneRecord } from "../records.ts";
import type { Collection } from "../store.ts";

export const ZONE_TYPES = ["A", "AAAA", "CNAME", "MX", "NS", "TXT"] as const;
export type ZoneType = (typeof ZONE_TYPES)[number];

export type ZoneTable = Collection<ZoneRecord>;

/** Names are kept in lower case without a trailing dot. */
export const normalName = (name: string): string => name.toLowerCase().replace(/\.$/, "");

const zoneId = (name: string, type: ZoneType): string => `${normalName(name)}|${type}`;

/** The values, in the order they were published; none when there is no such record. */
export const zoneValues = (zone: ZoneTable, name: string, type: ZoneType): readonly string[] =>
  zone.get(zoneId(name, type))?.values ?? [];

/** Makes these the only values; no values removes the record. */
export function setZoneValues(
  zone: ZoneTable,
  name: string,
  type: ZoneType,
  values: readonly string[],
): void {
  if (values.length === 0) zone.delete(zoneId(name, type));
  else zone.put(zoneId(name, type), { name: normalName(name), type, values });
}

/** Adds one value as a DNS provider's form does: what is there stays, except that a name has one CNAME. */
export function publishValue(zone: ZoneTable, name: string, type: ZoneType, value: string): void {
  const before = type === "CNAME" ? [] : zoneValues(zone, name, type);
  if (!before.includes(value)) setZoneValues(zone, name, type, [...before, value]);
}

/** True if the name has a record of any type, or a name below it has one (RFC 8020: then it is no NXDOMAIN). */
export function nameExists(zone: ZoneTable, name: string): boolean {
  const normal = normalName(name);
  if (ZONE_TYPES.some((type) => zone.has(zoneId(normal, type)))) return true;
  return zone.list().some((record) => record.name.endsWith(`.${normal}`));
}

export type MxValue = { readonly preference: number; readonly host: string };

/** `10 mail.example.com.` as preference and bare lower-case host; null if it is no MX value. */
export function parseMx(value: string): MxValue | null {
  const match = /^(\d{1,5})\s+(\S+)$/.exec(value.trim());
  return match === null ? null : { preference: Number(match[1]), host: normalName(match[2] ?? "") };
}
