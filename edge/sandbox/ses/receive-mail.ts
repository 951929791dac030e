// A mail arrives at SES's inbound host: whom it takes it for, and what its rules do with it. SES: "Email receiving". It is
// never told where a mail really came from, so verdicts are those it is given.
import { randomBytes } from "node:crypto";

import { SANDBOX_REGION } from "../endpoints.ts";
import type { Sandbox } from "../sandbox.ts";
import { matchingRules } from "./matching-rules.ts";
import type { ReceiptVerdicts, ReceivedFor } from "./received-block.ts";
import { type Pieces, runActions } from "./receipt-actions.ts";

/** What a domain's MX names to have its mail received. */
export const INBOUND_HOST = `inbound-smtp.${SANDBOX_REGION}.amazonaws.com`;
/** SES: "up to 40 MB" for the S3 action. */
export const INBOUND_OCTETS_MAX = 41_943_040;

export type MailArriving = Pick<ReceivedFor, "envelopeFrom" | "recipients"> & {
  readonly pieces: Pieces;
  readonly verdicts?: Partial<ReceiptVerdicts>;
};

export type MailArrived = {
  /** SES's own, of the receipt; null when it was taken for nobody. */
  readonly messageId: string | null;
  readonly recipients: readonly string[];
  /** Answered 550 while the sender waited. */
  readonly refused: readonly string[];
};

const PASSED: ReceiptVerdicts = { spam: "PASS", virus: "PASS", spf: "PASS", dkim: "PASS", dmarc: "PASS" };

export function receiveMail(sandbox: Sandbox, mail: MailArriving): MailArrived {
  const matched = matchingRules(sandbox, mail.recipients);
  const taken = new Set(matched.flatMap(({ recipients }) => recipients));
  const refused = mail.recipients.filter((recipient) => !taken.has(recipient));
  if (taken.size === 0) return { messageId: null, recipients: [], refused };
  const messageId = makeReceiptId();
  const { envelopeFrom, pieces } = mail;
  const verdicts = { ...PASSED, ...mail.verdicts };
  const receivedAt = sandbox.clock();
  sandbox.store.transaction(() => {
    for (const { rule, recipients } of matched) {
      const scanned: ReceiptVerdicts = rule.scanEnabled
        ? verdicts
        : { ...verdicts, spam: "DISABLED", virus: "DISABLED" };
      runActions(
        sandbox,
        rule,
        { messageId, receivedAt, envelopeFrom, recipients, verdicts: scanned },
        pieces,
      );
    }
  });
  return { messageId, recipients: [...taken], refused };
}

/** Of the shape of SES's: 40 letters and digits. */
const makeReceiptId = (): string => {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from(randomBytes(40), (octet) => alphabet[octet % alphabet.length]).join("");
};
