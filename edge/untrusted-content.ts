// Content that others wrote: it may be looked at, and does nothing. Served from the API's own origin, it must neither run
// scripts, submit forms, frame others, nor be taken for another type. Files are served elsewhere, by URLs that expire.
export const UNTRUSTED_CONTENT_HEADERS = {
  // `sandbox` without allowances: an opaque origin, no scripts, no forms, no pop-ups (CSP 3 section 6.3.2).
  "Content-Security-Policy": "sandbox; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "private, no-store",
} as const;

export const untrustedContent = (octets: Uint8Array, contentType: string): Response =>
  new Response(octets as Uint8Array<ArrayBuffer>, {
    headers: { ...UNTRUSTED_CONTENT_HEADERS, "Content-Type": contentType },
  });

export const redirectToDownload = (url: string): Response =>
  new Response(null, { status: 307, headers: { Location: url, "Cache-Control": "no-store" } });
