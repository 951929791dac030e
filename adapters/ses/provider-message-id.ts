// SES's own id of a message it sent or received. It is no header: nothing but SES and we know it.
import { asText } from "../system/json.ts";

const MESSAGE_ID = /^[\x21-\x7e]+$/;
/** SES's are below 64. */
const MESSAGE_ID_CHARACTERS_MAX = 200;

/** Null when the value is no such id. */
export function parseProviderMessageId(value: unknown): string | null {
  const id = asText(value, MESSAGE_ID_CHARACTERS_MAX);
  return id !== null && MESSAGE_ID.test(id) ? id : null;
}
