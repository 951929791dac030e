// Unpredictable octets from the platform's generator.
import { bytesToHex } from "@noble/hashes/utils.js";
import type { RandomSource } from "../../core/ports/random-source.ts";

export const webRandomSource: RandomSource = {
  hex: (octets) => bytesToHex(crypto.getRandomValues(new Uint8Array(octets))),
};
