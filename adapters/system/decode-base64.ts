// Base64 (RFC 4648 section 4) that others wrote, as octets. Encoding is in adapters/mime/base64.ts.

/** Null when the text is no base64. Blanks inside are passed over, as `atob` does. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
