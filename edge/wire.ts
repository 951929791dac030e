// The forms values take on the wire everywhere: times, ids, addresses.
import { z } from "@hono/zod-openapi";
import { parseId } from "../core/ids.ts";

/** ISO 8601 in UTC with milliseconds and `Z`. */
export const toTime = (at: number): string => new Date(at).toISOString();
export const toTimeOrNull = (at: number | null): string | null => (at === null ? null : toTime(at));

export const Time = z.iso.datetime().openapi({ example: "2026-01-02T03:04:05.678Z" });
export const Id = z.uuid().openapi({ example: "01920f3e-7c1a-7b2e-9d3c-5f6a7b8c9d0e" });

/** An id in a query or body: 422 when it is none, lower case when it is. */
export const idText = z
  .string()
  .transform((text, context) => {
    const id = parseId(text);
    if (id !== null) return id;
    context.addIssue({ code: "custom", message: "must be a UUID", params: { code: "invalid_format" } });
    return z.NEVER;
  })
  .openapi({ type: "string", format: "uuid" });

/** A time in a query, with any UTC offset; answered in ms. */
export const timeText = z.iso
  .datetime({ offset: true, error: "must be a time such as 2026-01-02T03:04:05Z" })
  .transform((text) => Date.parse(text))
  .openapi({ type: "string", format: "date-time" });

/** Characters are code points after NFC: what a person counts, not what UTF-16 stores. */
export const characters = (text: string): number => [...text.normalize("NFC")].length;

/** A text of `min` to `max` characters, normalised to NFC. */
export const textOf = (min: number, max: number) =>
  z
    .string()
    .transform((text) => text.normalize("NFC"))
    .refine((text) => characters(text) >= min && characters(text) <= max, {
      error: `must have ${min} to ${max} characters`,
      params: { code: "length" },
    })
    .openapi({ type: "string", minLength: min, maxLength: max });

/** A parameter that may be repeated: at most 16 values, any of which may match. */
export const FILTER_VALUES_MAX = 16;
export const repeatable = <T extends z.ZodType<unknown, string>>(value: T) =>
  z
    .preprocess(
      (given) => (typeof given === "string" ? [given] : given),
      z.array(value).max(FILTER_VALUES_MAX),
    )
    .optional();
