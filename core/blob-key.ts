// The grammar of blob keys: ids and words of ours, joined by slashes. Names that callers or correspondents choose never
// become keys, so a key outside the grammar is a bug of ours and is thrown, not refused.
import { assert } from "./assert.ts";

const BLOB_KEY = /^[a-z0-9][a-z0-9_-]*(?:\/[a-z0-9][a-z0-9_-]*)*$/;
/** Well inside what file systems take for one path (255 a segment); our longest key is under 100. */
const BLOB_KEY_CHARACTERS_MAX = 200;

export function assertBlobKey(key: string): void {
  assert(key.length <= BLOB_KEY_CHARACTERS_MAX && BLOB_KEY.test(key), "a blob key is made of our ids only");
}
