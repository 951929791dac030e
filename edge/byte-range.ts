// Which octets of a content a Range header asks for: RFC 9110 section 14. One range, from the front or the end.
// Several ranges at once, other units and malformed headers are ignored, as section 14.2 allows: the whole answers.
import type { OctetRange } from "../core/ports/file-downloads.ts";

const SINGLE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/i;

/** The range inside a content of `sizeBytes`; `whole` when none is asked for; `unsatisfiable`: 416. */
export function parseByteRange(
  header: string | undefined,
  sizeBytes: number,
): OctetRange | "whole" | "unsatisfiable" {
  const [, first = "", last = ""] = SINGLE_RANGE.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return "whole";
  // RFC 9110 section 14.1.2: without a first position it is the length of a suffix.
  const start = first === "" ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return "whole";
  return start <= end ? { start, end } : "unsatisfiable";
}
