// SES's mailbox simulator: addresses that always meet the same end. SES: "Using the mailbox simulator manually". A label
// (`bounce+any@`) changes nothing and shows up in the events.

const SIMULATOR_DOMAIN = "@simulator.amazonses.com";

export type SimulatedFate = "success" | "bounce" | "ooto" | "complaint" | "suppressionlist";
const FATES: ReadonlySet<string> = new Set(["success", "bounce", "ooto", "complaint", "suppressionlist"]);

/** What happens to mail to this address; null for an ordinary one. Unknown simulator names bounce. */
export function simulatedFate(address: string): SimulatedFate | null {
  const lower = address.toLowerCase();
  if (!lower.endsWith(SIMULATOR_DOMAIN)) return null;
  const name = lower.slice(0, -SIMULATOR_DOMAIN.length).split("+")[0] ?? "";
  return isFate(name) ? name : "bounce";
}

const isFate = (name: string): name is SimulatedFate => FATES.has(name);
