// The tags on every object we make at SES, and reading them back: they tell our objects from others'.
import type { ProviderTags } from "../../core/ports/mail-provider.ts";
import { asArray, asObject, asText } from "../system/json.ts";

const INSTALLATION = "postrider:installation";
const OWNER = "postrider:owner";
const ATTEMPT = "postrider:attempt";
/** SES's own limit for a tag's value. */
const VALUE_CHARACTERS_MAX = 256;

export const sesTags = (tags: ProviderTags) => [
  { Key: INSTALLATION, Value: tags.installation },
  { Key: OWNER, Value: tags.owner },
  { Key: ATTEMPT, Value: tags.attempt },
];

/** Null when one of ours is missing: the object was made by someone else, or by hand. */
export function readSesTags(value: unknown): ProviderTags | null {
  const values = new Map<unknown, string | null>();
  for (const item of asArray(value)) {
    const tag = asObject(item);
    if (tag) values.set(tag.Key, asText(tag.Value, VALUE_CHARACTERS_MAX));
  }
  const installation = values.get(INSTALLATION);
  const owner = values.get(OWNER);
  const attempt = values.get(ATTEMPT);
  return installation && owner && attempt ? { installation, owner, attempt } : null;
}
