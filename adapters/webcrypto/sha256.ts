// SHA-256 by the platform's own WebCrypto, for contents that are held whole. For what is rendered piece by piece see
// adapters/system/chunk-digest.ts.
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Sha256 } from "../../core/ports/sha256.ts";

const encoder = new TextEncoder();

async function digest(content: Uint8Array | string): Promise<Uint8Array> {
  // No octets of ours lie in shared memory; the type cannot say so.
  const octets = (typeof content === "string" ? encoder.encode(content) : content) as Uint8Array<ArrayBuffer>;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
}

export const webSha256: Sha256 = { digest, hex: async (content) => bytesToHex(await digest(content)) };
