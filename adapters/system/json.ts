// Reading JSON that others wrote: every member is doubted, nothing throws.

export type JsonObject = Readonly<Record<string, unknown>>;

/** The object the text holds; null when it is no JSON or its top level is anything else. */
export function parseJsonObject(text: string): JsonObject | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

export const asObject = (value: unknown): JsonObject | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;

export const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The text when it is one and not longer than `charactersMax` (UTF-16 units), else null. */
export const asText = (value: unknown, charactersMax: number): string | null =>
  typeof value === "string" && value.length <= charactersMax ? value : null;
