// When two addresses are one, and where an address's domain begins. For every comparison: filters, senders bound to use
// cases, suppressions. Syntax is checked, and the domain turned into A-labels, before an address comes here.

/**
 * The form in which addresses are compared and stored for comparison; mail goes to the address as it was given. The
 * local part is folded although RFC 5321 section 2.4 lets hosts tell its cases apart: none that matters does, and a
 * complaint must stop `Ann@` as well as `ann@`. Tags (`+news`) and dots are kept: other hosts do tell those apart.
 */
export function canonicalAddress(address: string): string {
  return address.toLowerCase();
}

/** The domain, in lower case. RFC 5321 section 4.1.2: a quoted local part may hold an @, so the last one divides. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}
