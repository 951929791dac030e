// Pieces of the SES v2 model that several operations read. Names and limits: SES API v2 reference, data types.
import { z } from "zod";

/** "Up to 64 alphanumeric characters, including letters, numbers, hyphens (-) and underscores (_) only." */
export const objectName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

const TAGS_MAX = 50;
const TAG_KEY_MAX = 128;
const TAG_VALUE_MAX = 256;
export const tags = z
  .array(z.object({ Key: z.string().min(1).max(TAG_KEY_MAX), Value: z.string().max(TAG_VALUE_MAX) }))
  .max(TAGS_MAX)
  .default([]);

export const pageOptions = z.object({
  NextToken: z.string().optional(),
  PageSize: z.int().min(1).optional(),
});

export const suppressionReason = z.enum(["BOUNCE", "COMPLAINT"]);
export const suppressionAttributes = z.object({
  SuppressedReasons: z
    .array(suppressionReason)
    .refine((reasons) => new Set(reasons).size === reasons.length, "duplicate reasons"),
  SuppressionScope: z.enum(["TENANT", "ACCOUNT"]),
});
