// SHA-256 as lower-case hexadecimal: for key digests, file digests and fingerprints.
import { bytesToHex } from "@noble/hashes/utils.js";

export const sha256Hex = async (octets: Uint8Array<ArrayBuffer>): Promise<string> =>
  bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", octets)));
