/** SHA-256 (FIPS 180-4) of octets, or of text as UTF-8: as 32 octets, or as 64 lower-case hexadecimal digits. */
export type Sha256 = {
  digest(content: Uint8Array | string): Promise<Uint8Array>;
  hex(content: Uint8Array | string): Promise<string>;
};
