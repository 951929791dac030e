// The page behind an unsubscribe link: two buttons, plain HTML, nothing from anywhere else, no script. It names only what
// the mail itself showed (sender and domain), not the recipient: whoever holds a forwarded mail sees no address.
import type { UnsubscribableMail } from "../../core/ports/suppression-store.ts";
import { escapeHtml } from "../../core/unsubscribe/visible-link.ts";
import type { UnsubscribeScope } from "../../core/use-case/use-case.ts";

export const PAGE_STYLE =
  "body{margin:0;padding:2rem 1rem;font:1.125rem/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff}" +
  "main{max-width:36rem;margin:auto}h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}" +
  "button{display:block;width:100%;box-sizing:border-box;margin:0 0 1rem;padding:.9rem 1rem;font:inherit;text-align:left;" +
  "overflow-wrap:anywhere;color:#1a1a1a;background:#f2f2f2;border:2px solid #595959;border-radius:.4rem;cursor:pointer}" +
  "button:hover{background:#e4e4e4}button:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}" +
  "strong{overflow-wrap:anywhere}@media(prefers-color-scheme:dark){body{color:#f2f2f2;background:#1a1a1a}" +
  "button{color:#f2f2f2;background:#333;border-color:#b0b0b0}button:hover{background:#444}button:focus-visible{outline-color:#8ab4f8}}";

/** Of the style above (CSP 3 section 2.3.1), in base64. */
const STYLE_SHA256 = "PneNtyU7SAlBMQao87WlcA1G/OOhNCyMUTRQt1s6Mic=";

export const PAGE_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  // Nothing but that style, and forms that lead here again.
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${STYLE_SHA256}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "Cache-Control": "no-store",
  // The address of the page is the permission: it is told to nobody.
  "Referrer-Policy": "no-referrer",
  "X-Robots-Tag": "noindex, nofollow",
  "X-Content-Type-Options": "nosniff",
} as const;

export const choicePage = (mail: UnsubscribableMail): string =>
  page("Unsubscribe", `<p>Which mail do you no longer want to get?</p>${form(mail, ["use_case", "setup"])}`);

export function donePage(mail: UnsubscribableMail, scope: UnsubscribeScope): string {
  const what = scope === "use_case" ? mail.fromAddress : mail.domainIdentity;
  const done = `<p role="status">You will get no more mail from <strong>${escapeHtml(what)}</strong>. What is on its way already may still arrive.</p>`;
  return page("You are unsubscribed", scope === "use_case" ? done + form(mail, ["setup"]) : done);
}

export const unknownLinkPage = (): string =>
  page(
    "This link is not valid",
    "<p>It may have been cut off. Open it from the message again, or use your mail program's own unsubscribe button.</p>",
  );

/** Without an action it is sent to the page's own address. */
const form = (
  { fromAddress, domainIdentity }: UnsubscribableMail,
  scopes: readonly UnsubscribeScope[],
): string =>
  `<form method="post">${scopes
    .map((scope) =>
      scope === "use_case"
        ? button(scope, "Stop mail from", fromAddress)
        : button(scope, "Stop all mail from", domainIdentity),
    )
    .join("")}</form>`;

const button = (scope: UnsubscribeScope, text: string, from: string): string =>
  `<button name="confirm" value="${scope}">${text} <strong>${escapeHtml(from)}</strong></button>`;

const page = (title: string, content: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
  `<title>${title}</title><style>${PAGE_STYLE}</style></head><body><main><h1>${title}</h1>${content}</main></body></html>\n`;
