// The name of a use case's configuration set at the mail provider, derived from its names so that a person finds it
// there, and made unique by a digest over workspace and names. SES v2 CreateConfigurationSet: 64 of [A-Za-z0-9_-].
import { base32 } from "../base32.ts";
import type { Id } from "../ids.ts";
import { foldName } from "./use-case-name.ts";

/** SES's 64 less a hyphen and the digest. */
const SLUG_CHARACTERS_MAX = 55;
/** Eight characters of base32: 40 bits tell apart what the slug cannot. */
const DIGEST_OCTETS = 5;
/** For names with no letter that ASCII has. */
const SLUG_OF_OTHER_SCRIPTS = "use-case";

/** What the digest is taken over: the same for two name pairs exactly when they count as the same. */
export const configurationSetSeed = (workspaceId: Id, entityName: string, name: string): string =>
  [workspaceId, foldName(entityName), foldName(name)].join("\n");

/** `digest`: the SHA-256 of the seed. */
export function configurationSetName(entityName: string, name: string, digest: Uint8Array): string {
  const slug = slugOf(`${entityName}-${name}`) || SLUG_OF_OTHER_SCRIPTS;
  return `${slug}-${base32(digest.subarray(0, DIGEST_OCTETS))}`;
}

/** Letters without their accents, in lower case; whatever else lies between them is one hyphen. */
const slugOf = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, SLUG_CHARACTERS_MAX)
    .replace(/-$/, "");
