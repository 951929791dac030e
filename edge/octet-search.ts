// A search in octets, which the platform has for strings only (and a 26 MB form is never made a string).

const OCTET_VALUES = 256;

/** A finder of `needle` in octets: answers the first position at or after `from`, or -1. */
export type OctetSearch = (haystack: Uint8Array, from: number) => number;

/**
 * Prepares a search (Horspool's: a mismatch skips by the last octet of the window, so 26 MB take milliseconds).
 * The window is compared from its front. Where the first octet of the needle occurs in it only once, as the CR of a
 * multipart delimiter does, runs of equal octets cannot overlap, and hostile content costs linear time, not a product.
 */
export function octetSearch(needle: Uint8Array): OctetSearch {
  const last = needle.length - 1;
  const skips = new Uint32Array(OCTET_VALUES).fill(needle.length);
  for (let at = 0; at < last; at++) skips[needle[at] as number] = last - at;

  return (haystack, from) => {
    let at = from;
    while (at + last < haystack.length) {
      const tail = haystack[at + last] as number;
      if (tail === needle[last]) {
        let equal = 0;
        while (equal < last && haystack[at + equal] === needle[equal]) equal++;
        if (equal === last) return at;
      }
      at += skips[tail] as number;
    }
    return -1;
  };
}
