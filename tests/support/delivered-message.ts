// A message as the recipient's server got it: its header as it came, and what it says of the conversation it is in.
import assert from "node:assert/strict";
import type { SandboxClient } from "./sandbox-client.ts";

export type DeliveredMessage = {
  readonly text: string;
  /** Its header lines, folded as they came. */
  readonly headerLines: readonly string[];
  /** Every value of a field, unfolded. */
  values(name: string): readonly string[];
};

/** `id` is the mail's in its mailbox, which is SES's own id. */
export async function deliveredMessage(sandbox: SandboxClient, id: string): Promise<DeliveredMessage> {
  const text = new TextDecoder().decode(await sandbox.raw(id));
  const head = text.slice(0, text.indexOf("\r\n\r\n"));
  const fields = head.replaceAll(/\r\n(?=[ \t])/g, "").split("\r\n");
  return {
    text,
    headerLines: head.split("\r\n"),
    values: (name) =>
      fields
        .filter((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`))
        .map((field) => field.slice(name.length + 1).trim()),
  };
}

/** Ids as they were written, in angle brackets. */
export type Threading = {
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
};

/** What its header says of the conversation, once that is found to be legal. */
export function threadingOf(message: DeliveredMessage): Threading {
  const idsOf = (name: string): readonly string[] => {
    const [value, ...others] = message.values(name);
    assert.equal(others.length, 0, `${name} stands there once`);
    if (value === undefined) return [];
    // RFC 5322 section 3.6.4, each after one blank or one fold; nothing else stands between.
    assert.match(value, /^<[^<>\s@]+@[^<>\s@]+>(?: <[^<>\s@]+@[^<>\s@]+>)*$/, name);
    return value.split(" ");
  };
  for (const line of message.headerLines) {
    // RFC 5322 sections 2.1.1 and 2.2.
    assert.ok(line.length <= 998, `a line of ${line.length} characters`);
    assert.match(line, /^[ -~\t]*[!-~][ -~\t]*$/);
  }
  const [messageId = "", ...otherIds] = idsOf("Message-ID");
  const [inReplyTo = null, ...otherParents] = idsOf("In-Reply-To");
  assert.equal(otherIds.length + otherParents.length, 0);
  const references = idsOf("References");
  assert.equal(new Set(references).size, references.length, "each id once");
  return { messageId, inReplyTo, references };
}
