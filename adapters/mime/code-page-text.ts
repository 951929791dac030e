// Character sets of DOS, which gateways and command-line mailers still write: code pages 437 (United States), 850 (Western
// Europe) and 852 (Central Europe). The WHATWG Encoding Standard has none of them. IANA's character sets name RFC 1345.

/** From octet 128 on; below is ASCII. */
const CODE_PAGE_437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
  "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";
const CODE_PAGE_850 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐" +
  "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0";
const CODE_PAGE_852 =
  "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐" +
  "└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0";

const ascii = new TextDecoder("windows-1252");
const FIRST = 0x80;

const decoderWith =
  (upper: string) =>
  (octets: Uint8Array): string => {
    let text = "";
    for (let at = 0; at < octets.length;) {
      let end = at;
      while (end < octets.length && (octets[end] ?? 0) < FIRST) end++;
      text += ascii.decode(octets.subarray(at, end));
      for (; end < octets.length && (octets[end] ?? 0) >= FIRST; end++)
        text += upper.charAt((octets[end] ?? 0) - FIRST);
      at = end;
    }
    return text;
  };

export const decodeCodePage437 = decoderWith(CODE_PAGE_437);
export const decodeCodePage850 = decoderWith(CODE_PAGE_850);
export const decodeCodePage852 = decoderWith(CODE_PAGE_852);
