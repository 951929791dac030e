/** The Date header's form (RFC 5322 section 3.3), always in UTC. */
export function formatMessageDate(at: number): string {
  // ECMA-262 fixes toUTCString to exactly this form but for the zone, which RFC 5322 wants as an offset.
  return new Date(at).toUTCString().replace("GMT", "+0000");
}
