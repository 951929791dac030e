// MX records as text (`10 host`), and how two hosts compare. RFC 1035 section 3.3.9, RFC 5321 section 5.1.

export type Mx = { readonly preference: number; readonly host: string };

/** The exchange an MX value names, lower-case without trailing dot; null for what is no MX. The root (null MX, RFC 7505) is "". */
export function parseMx(value: string): Mx | null {
  const [, preference, host] = /^\s*(\d{1,5})\s+(\S+)\s*$/.exec(value) ?? [];
  if (preference === undefined || host === undefined) return null;
  return { preference: Number(preference), host: normaliseHost(host) };
}

/** RFC 4343: names compare without case; a trailing dot only says that the name is absolute. */
export const normaliseHost = (host: string): string => host.toLowerCase().replace(/\.$/, "");
