// What the program says when it starts: at the first start the operator's key with a line that works when pasted; and once
// it listens, where it is and whether it is a sandbox.
import { type Config, sandboxUrl } from "../config.ts";

/** Said once: only the key's digest is kept. */
export const operatorKeyNotice = ({ publicUrl }: Config, operatorKey: string): string =>
  [
    "Operator key, shown this once:",
    `  ${operatorKey}`,
    "Make a workspace with it, once the program listens:",
    `  curl -s ${publicUrl}/v1/workspaces -H 'Authorization: Bearer ${operatorKey}' -H 'Content-Type: application/json' -d '{"name":"My workspace"}'`,
    "",
  ].join("\n");

export type BannerFacts = {
  /** Where the generated operator's key lies, if it is kept. */
  readonly keyFile: string | null;
  /** Whether events of the sandbox arrive. */
  readonly isConnected: boolean;
};

export function banner({ publicUrl, sandbox }: Config, { keyFile, isConnected }: BannerFacts): string {
  const lines = [`Postrider listens on ${publicUrl} (reference: ${publicUrl}/docs)`];
  if (sandbox.mode !== "off")
    lines.push(
      `SANDBOX: nothing leaves this machine. AWS, Twilio and DNS are stood in for at ${sandboxUrl(sandbox)}/_sandbox/state`,
    );
  if (!isConnected)
    lines.push(
      `The sandbox cannot reach ${publicUrl}/hooks/sns: no events will arrive. PUBLIC_URL names that address.`,
    );
  if (keyFile !== null) lines.push(`The operator key is kept in ${keyFile} (sandbox only).`);
  return lines.join("\n");
}
