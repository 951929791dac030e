// Assembling a message, from its texts and files to its octets, against nodemailer's MailComposer, with the same content:
// as a whole, and for the large one as the product does it, in chunks that never are a whole.
import MailComposer from "nodemailer/lib/mail-composer/index.js";
import { renderMessage, renderToOctets } from "../../../adapters/mime/render.ts";
import { type AttachedFile, type MessageToPlan, planMessage } from "../../../core/message/plan-message.ts";
import { messageToPlan } from "../../support/message-to-plan.ts";
import { atLeast, type BenchRow, type Figure } from "../figure.ts";
import { median, perSecond, takeTurns } from "../rounds.ts";
import { reminderHtml } from "../send-form.ts";

const HTML_OCTETS = 10 * 1024;
const FILE_OCTETS = 5 * 1024 * 1024;
const TURN_MS = 400;
const ROUNDS = 7;

const html = reminderHtml(HTML_OCTETS);
const text = html.replace(/<[^>]+>/g, "");

const assembleWhole = (message: MessageToPlan): Uint8Array => renderToOctets(planMessage(message));

function assembleInChunks(message: MessageToPlan): number {
  let octets = 0;
  for (const chunk of renderMessage(planMessage(message))) octets += chunk.length;
  return octets;
}

async function compare(
  what: string,
  factor: number,
  attachments: readonly AttachedFile[],
  assemble: (message: MessageToPlan) => unknown,
): Promise<Figure> {
  const message = messageToPlan({ bodyHtml: html, bodyText: text, attachments });
  const theirs = (): Promise<Buffer> =>
    new MailComposer({
      from: { name: message.from.displayName ?? "", address: message.from.address },
      to: message.to,
      subject: message.subject,
      date: new Date(message.date),
      messageId: `<${message.messageId}>`,
      html,
      text,
      attachments: attachments.map(({ filename, contentType, octets }) => ({
        filename,
        contentType,
        content: Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength),
      })),
    })
      .compile()
      .build();
  const taken = await takeTurns(
    { ours: () => perSecond(TURN_MS, () => assemble(message)), nodemailer: () => perSecond(TURN_MS, theirs) },
    ROUNDS,
  );
  return atLeast(what, median(taken.ours), median(taken.nodemailer), factor, "/s");
}

async function run(): Promise<readonly Figure[]> {
  const octets = crypto.getRandomValues(new Uint8Array(64 * 1024));
  const file = new Uint8Array(FILE_OCTETS);
  for (let at = 0; at < file.length; at += octets.length) file.set(octets, at);
  const attachments = [{ filename: "Überweisung №1.pdf", contentType: "application/pdf", octets: file }];
  return [
    await compare("MIME, 10 KB HTML, against nodemailer", 8, [], assembleWhole),
    await compare("MIME, 10 KB HTML and a file of 5 MB", 4, attachments, assembleInChunks),
  ];
}

export const mimeRow: BenchRow = { name: "mime", run };
