// Character sets of mail that had to pass through seven bits, which the WHATWG Encoding Standard gave up: UTF-7 (RFC 2152),
// ISO-2022-KR (RFC 1557) and HZ (RFC 1843). Nothing is refused: what is no code stays as it is written. A body is decoded before anyone
// looks for markup in it, so UTF-7 hides none.
import { decodeTransfer } from "./transfer-encoding.ts";

const encoder = new TextEncoder();
const ascii = new TextDecoder("windows-1252");
const utf16 = new TextDecoder("utf-16be");

/** Base64 of UTF-16 behind a "+", up to any other character; a "-" behind it is no text. */
const SHIFTED = /\+(?:-|([A-Za-z0-9+/]+)-?)/g;

/** RFC 2152, rule 2. */
export const decodeUtf7 = (octets: Uint8Array): string =>
  ascii.decode(octets).replaceAll(SHIFTED, (_, written: string | undefined) => {
    if (written === undefined) return "+";
    const units = decodeTransfer(encoder.encode(written), "base64");
    // What is left of the last group is padding.
    return utf16.decode(units.subarray(0, units.length & ~1));
  });

const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;
const ESC = 0x1b;
const LF = 0x0a;
/** ESC "$" ")" "C", which says at the start what is shifted to. */
const DESIGNATOR_LENGTH = 4;

/** RFC 1557: between SO and SI are the characters of EUC-KR, without their high bits. */
export function decodeIso2022Kr(octets: Uint8Array): string {
  const wide = new Uint8Array(octets.length);
  let length = 0;
  let isShifted = false;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (octet === ESC && octets[at + 1] === 0x24) at += DESIGNATOR_LENGTH - 1;
    else if (octet === SHIFT_OUT) isShifted = true;
    else if (octet === SHIFT_IN) isShifted = false;
    else {
      // A line begins without a shift.
      if (octet === LF) isShifted = false;
      wide[length++] = isShifted && octet > 0x20 ? octet | 0x80 : octet;
    }
  }
  return new TextDecoder("euc-kr").decode(wide.subarray(0, length));
}

const TILDE = 0x7e;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const CR = 0x0d;

/** RFC 1843: between "~{" and "~}" are the pairs of GB 2312, without their high bits. */
export function decodeHz(octets: Uint8Array): string {
  const wide = new Uint8Array(octets.length);
  let length = 0;
  let isShifted = false;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    const next = octets[at + 1] ?? 0;
    // A line begins without a shift.
    if (octet === LF) isShifted = false;
    if (octet === TILDE && (next === OPEN || next === CLOSE)) {
      isShifted = next === OPEN;
      at++;
    } else if (octet === TILDE && next === TILDE) wide[length++] = octets[++at] ?? 0;
    else if (octet === TILDE && next === LF) at++;
    else if (octet === TILDE && next === CR && octets[at + 2] === LF) at += 2;
    else if (isShifted && octet > 0x20 && next > 0x20) {
      wide[length++] = octet | 0x80;
      wide[length++] = next | 0x80;
      at++;
    } else wide[length++] = octet;
  }
  return new TextDecoder("gbk").decode(wide.subarray(0, length));
}
