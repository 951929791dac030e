import type { ParsedMessage, Unparsed } from "../inbound/parsed-message.ts";
import type { Result } from "../result.ts";

/**
 * Reads a whole RFC 5322 message. Never throws for what a message may hold, and answers in time and memory bounded by the
 * limits in parsed-message.ts. Reading the same octets twice answers the same.
 */
export type MessageParser = { parse(raw: Uint8Array): Promise<Result<ParsedMessage, Unparsed>> };
