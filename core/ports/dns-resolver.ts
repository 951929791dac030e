export type DnsRecordType = "CNAME" | "MX" | "TXT";

/**
 * What one resolver said. `records`: the values as text (CNAME and MX host without trailing dot, MX as
 * `preference host`, TXT strings joined). `none`: it answered that there is no such name or no such record.
 * `failed`: it did not answer (time-out, SERVFAIL, refused, broken): that is not a "no".
 */
export type DnsAnswer =
  | { readonly kind: "records"; readonly values: readonly string[] }
  | { readonly kind: "none"; readonly nameExists: boolean }
  | { readonly kind: "failed" };

/**
 * Asks every configured resolver the same question, live, and answers each one's answer, in their order. One that has
 * not answered after `timeoutMs` has failed. Never throws.
 */
export type DnsResolver = {
  lookup(name: string, type: DnsRecordType, timeoutMs: number): Promise<readonly DnsAnswer[]>;
};
