// Being a sender's mail server: `POST /_sandbox/inbound?rcpt=` hands a raw message to SES's inbound host, octet for octet,
// and says what became of it there. What SES would find out for itself (spam, virus, SPF, DKIM, DMARC) may be given.
import type { Context, Hono } from "hono";
import { z } from "zod";

import { readBody } from "../request-body.ts";
import type { Sandbox } from "../sandbox.ts";
import { addressesIn, headerValue } from "../ses/common-headers.ts";
import { INBOUND_OCTETS_MAX, type MailArrived, receiveMail } from "../ses/receive-mail.ts";
import { VERDICTS } from "../ses/received-block.ts";
import { scanHeader } from "../ses/scan-message.ts";
import { problem, unknownQuery } from "./control-request.ts";

/** SES: 500 recipients a receipt rule. */
const RECIPIENTS_MAX = 500;

/** RFC 5321 section 4.1.2, and nothing that could end a line: it stands in the fields SES writes. */
const address = z
  .string()
  .max(254)
  .regex(/^[^\p{Cc}\s<>;]+@[a-zA-Z0-9.-]+$/u, "is no address such as pat@example.org");
/** `<>`, or nothing at all, is the null path of bounces. */
const path = z.union([z.literal(["", "<>"]).transform(() => null), address]);
const verdict = z.string().toUpperCase().pipe(z.enum(VERDICTS)).optional();
const inboundQuery = z.strictObject({
  rcpt: z.array(address).min(1).max(RECIPIENTS_MAX),
  from: path.optional(),
  spam: verdict,
  virus: verdict,
  spf: verdict,
  dkim: verdict,
  dmarc: verdict,
});

/** RFC 6761 section 6.4. */
const SOMEBODY = "unknown@sender.invalid";

export function mountInboundControl(app: Hono, sandbox: Sandbox): void {
  app.post("/_sandbox/inbound", async (c) => {
    const unknown = unknownQuery(c, Object.keys(inboundQuery.shape));
    if (unknown !== null) return unknown;
    const asked = readQuery(c);
    if (asked instanceof Response) return asked;
    const body = await readBody(c.req.raw, INBOUND_OCTETS_MAX);
    if (body === null) return problem(413, "SES receives messages of at most 40 MB.");
    const { rcpt, from, ...verdicts } = asked;
    const envelopeFrom = from === undefined ? senderOf(body.bytes) : from;
    const recipients = [...new Set(rcpt)];
    const given = Object.fromEntries(Object.entries(verdicts).filter(([, word]) => word !== undefined));
    return c.json(
      shownArrival(receiveMail(sandbox, { envelopeFrom, recipients, pieces: [body.bytes], verdicts: given })),
    );
  });
}

function readQuery(c: Context): z.infer<typeof inboundQuery> | Response {
  const parsed = inboundQuery.safeParse({ ...c.req.query(), rcpt: c.req.queries("rcpt") ?? [] });
  if (parsed.success) return parsed.data;
  return problem(422, "The query has parameters that are wrong; see errors.", {
    errors: parsed.error.issues.map(({ path: at, message }) => ({ parameter: String(at[0] ?? ""), message })),
    hint: `POST the message to /_sandbox/inbound?rcpt=pat@mail.example&rcpt=… Verdicts: ${VERDICTS.join(", ")}.`,
  });
}

/**
 * Without an envelope sender: the one a message that was delivered before still names, else its author, else somebody. Only
 * a bounce has none (RFC 5321 section 4.5.5), and nobody said that this is one.
 */
function senderOf(message: Uint8Array<ArrayBuffer>): string | null {
  const { fields } = scanHeader(message);
  const returnPath = headerValue(fields, "return-path");
  if (returnPath !== undefined && /^\s*<\s*>\s*$/.test(returnPath)) return null;
  const [sender] = addressesIn(returnPath ?? headerValue(fields, "from") ?? "");
  return sender !== undefined && address.safeParse(sender).success ? sender : SOMEBODY;
}

/** As every path shows it that lets a mail arrive. */
export const shownArrival = ({ messageId, recipients, refused }: MailArrived) => ({
  message_id: messageId,
  recipients,
  refused,
});
