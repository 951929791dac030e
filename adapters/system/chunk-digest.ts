/**
 * The SHA-256 of all chunks together, as 64 lower-case hexadecimal digits: for what is rendered piece by piece and never
 * exists as a whole. The body of a large send is such a thing, and SigV4 wants its hash before its first octet goes out.
 */
export type ChunkDigest = (chunks: Iterable<Uint8Array>) => Promise<string>;
