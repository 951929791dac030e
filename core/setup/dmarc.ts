// DMARC policy records and the tree walk that finds an inherited one, as far as a setup needs them: is a policy in
// force for the domain. RFC 9989 sections 4.7 and 4.10. Alignment and reports are not looked at.

const DMARC_POLICIES = ["none", "quarantine", "reject"] as const;
type DmarcPolicy = (typeof DMARC_POLICIES)[number];

export type DmarcRecord = {
  readonly policy: DmarcPolicy;
  /** `psd=y`: a public suffix; `psd=n`: an organization's own top; null: neither is said. */
  readonly publicSuffix: boolean | null;
};

/** RFC 9989 section 4.10: a walk asks at most eight names, so longer domains jump to their last seven labels. */
const WALKED_LABELS_MAX = 7;

/** RFC 9989 section 4.7: the version comes first, in exactly this case. Only such records count at a name, valid or not. */
export const isDmarcRecord = (text: string): boolean => /^[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/.test(text);

/** The policy a record puts in force; null when it is none (RFC 9989 section 4.7). Unknown tags are passed over. */
export function parseDmarc(text: string): DmarcRecord | null {
  if (!isDmarcRecord(text)) return null;
  const tags = readTags(text);
  const isPolicy = (value: string | undefined): value is DmarcPolicy =>
    DMARC_POLICIES.some((policy) => policy === value);
  const policy = tags.get("p");
  const broken = ["sp", "np"].some((name) => tags.has(name) && !isPolicy(tags.get(name)));
  const publicSuffix = { y: true, n: false }[tags.get("psd") ?? ""] ?? null;
  if (isPolicy(policy) && !broken) return { policy, publicSuffix };
  // A record that cannot be followed but names where reports go is one that only watches.
  return hasReportAddress(tags.get("rua") ?? "") ? { policy: "none", publicSuffix } : null;
}

function readTags(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const part of text.split(";")) {
    const [, name, value] = /^\s*([a-z]+)\s*=\s*(.*?)\s*$/i.exec(part) ?? [];
    if (name !== undefined && value !== undefined && !tags.has(name.toLowerCase()))
      tags.set(name.toLowerCase(), value.toLowerCase());
  }
  return tags;
}

const hasReportAddress = (rua: string): boolean =>
  rua.split(",").some((uri) => /^mailto:[^\s@]+@[^\s@]+$/.test(uri.trim()));

/**
 * The names that are asked for a domain's policy, in order, at most eight: its own first, then its ancestors' up to the
 * top-level domain (RFC 9989 section 4.10).
 */
export function dmarcTreeWalk(domain: string): readonly string[] {
  const ancestors = domain.split(".").slice(1).slice(-WALKED_LABELS_MAX);
  return [domain, ...ancestors.map((_, index) => ancestors.slice(index).join("."))].map(
    (name) => `_dmarc.${name}`,
  );
}

/** The DMARC records (`isDmarcRecord`) at one name of the walk. */
export type WalkedName = { readonly name: string; readonly records: readonly string[] };

/**
 * The record a domain without one of its own inherits, from what stood at its ancestors' names in walking order. Names
 * with several records count as having none. A public suffix's own record covers what lies beneath it as well.
 */
export function inheritedDmarc(
  walked: readonly WalkedName[],
): { readonly name: string; readonly record: string } | null {
  let inherited: { name: string; record: string } | null = null;
  for (const { name, records } of walked) {
    const [record, ...others] = records;
    const parsed = record === undefined || others.length > 0 ? null : parseDmarc(record);
    if (record === undefined || parsed === null) continue;
    // Above an organization's domain the suffix's record is a last resort only.
    if (parsed.publicSuffix === true) return inherited ?? { name, record };
    inherited = { name, record };
    if (parsed.publicSuffix === false) break;
  }
  return inherited;
}
