// The form of a send as octets that can be posted again and again, and the HTML in it.
import type { EmailUseCase } from "../../core/use-case/use-case.ts";
import { type MultipartBody, multipartBody } from "../support/multipart-body.ts";

/** The fields of a send, and its files. */
export const sendForm = (
  { id }: Pick<EmailUseCase, "id">,
  html: string,
  files: readonly Uint8Array[] = [],
): MultipartBody =>
  multipartBody([
    { name: "use_case_id", value: id },
    { name: "to_address", value: "ann@example.org" },
    { name: "subject", value: "Ihr Termin am Montag" },
    { name: "body_html", value: html },
    ...files.map((octets, n) => ({
      name: "attachments",
      filename: `report-${n}.pdf`,
      type: "application/pdf",
      value: octets,
    })),
  ]);

/** The HTML of an ordinary reminder, of about this many octets: paragraphs, links, styles, some letters beyond ASCII. */
export function reminderHtml(octets: number): string {
  const paragraph = (n: number): string =>
    `<p style="margin:0 0 16px;font-family:Arial,sans-serif;color:#333333">Guten Tag, wir erinnern Sie an Ihre ` +
    `Behandlung Nr. ${n} in der Praxis Müller &amp; Söhne. <a href="https://example.org/termin/${n}?a=1&amp;b=2">` +
    `Termin ansehen</a> oder rufen Sie uns an.</p>\n`;
  let html = `<!doctype html>\n<html><head><meta charset="utf-8"><title>Ihr Termin</title></head><body>\n`;
  for (let n = 1; html.length < octets - 16; n++) html += paragraph(n);
  return `${html}</body></html>\n`;
}
