// Encoded-words of header fields (RFC 2047) as text. Adjacent ones of one character set are one text: programs cut it
// anywhere, within a character too, which section 5 (3) forbids. postal-mime's reader cannot join base64 that was padded,
// and knows fewer character sets.
import { decodeText } from "./charset.ts";
import { decodeTransfer } from "./transfer-encoding.ts";

/** Section 2. */
const WORD = /=\?([^?\s]+)\?([QqBb])\?([^?]*)\?=/g;
/** Section 6.2: white space between two encoded-words is none of the text. */
const WORDS = new RegExp(`${WORD.source}(?:\\s*${WORD.source})*`, "g");

/** The text with its encoded-words decoded. They may hide any character, line ends too. */
export const decodeWords = (text: string): string => text.replaceAll(WORDS, decodeRun);

/** The text with its encoded-words in UTF-8, for a reader of addresses, who has to know what was encoded. */
export const wordsInUtf8 = (text: string): string =>
  text.replaceAll(WORDS, (run) => {
    const octets = Array.from(encoder.encode(decodeRun(run)));
    return `=?utf-8?Q?${octets.map((octet) => `=${octet.toString(16).toUpperCase().padStart(2, "0")}`).join("")}?=`;
  });

const encoder = new TextEncoder();

type Word = { readonly charset: string; readonly octets: Uint8Array };

function decodeRun(run: string): string {
  const words = Array.from(run.matchAll(WORD), readWord);
  let text = "";
  for (let begin = 0, end = 1; begin < words.length; begin = end++) {
    const charset = words[begin]?.charset ?? "";
    while (words[end]?.charset === charset) end++;
    text += decodeJoined(
      words.slice(begin, end).map(({ octets }) => octets),
      charset,
    );
  }
  return text;
}

/** White space behind a "=" is a fold gone wrong. RFC 2231 section 5: a language may follow the character set. */
const readWord = ([, label = "", encoding = "", text = ""]: RegExpExecArray): Word => ({
  charset: label.replace(/\*.*/, "").toLowerCase(),
  octets:
    encoding.toLowerCase() === "b"
      ? decodeTransfer(encoder.encode(text), "base64")
      : decodeTransfer(
          encoder.encode(text.replaceAll(/=\s+(?=[0-9A-Fa-f])/g, "=").replaceAll("_", " ")),
          "quoted-printable",
        ),
});

/** Words that begin in another state of their set than the one before ended in are read each on its own. */
function decodeJoined(pieces: readonly Uint8Array[], charset: string): string {
  const joined = decodeText(Uint8Array.from(pieces.flatMap((piece) => Array.from(piece))), charset);
  return pieces.length > 1 && joined.includes("\ufffd")
    ? pieces.map((piece) => decodeText(piece, charset)).join("")
    : joined;
}
