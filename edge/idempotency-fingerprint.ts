// What an Idempotency-Key binds: the same operation, path and parsed values, and of each file its name, type
// and SHA-256. Two requests with equal fingerprints are the same request, however their bodies were written: the key
// order, white space and escapes of JSON and the boundary of a form leave no trace.
import { sha256Hex } from "./sha256-hex.ts";

export type FingerprintedRequest = {
  readonly operation: string;
  readonly path: string;
  /** The parsed body: a JSON value, or a form's `[name, value]` pairs in their order. */
  readonly fields: unknown;
  readonly files?: readonly { readonly name: string; readonly type: string; readonly sha256: string }[];
};

/** SHA-256 (hexadecimal) over the request in one canonical form. */
export function fingerprintOf(request: FingerprintedRequest): Promise<string> {
  const files = (request.files ?? []).map(({ name, type, sha256 }) => [name, type, sha256]);
  const text = canonicalJson([request.operation, request.path, request.fields ?? null, files]);
  return sha256Hex(new TextEncoder().encode(text));
}

/** JSON with the members of every object in one order; lists keep theirs. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => (isObject(member) ? inOneOrder(member) : member));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function inOneOrder(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // By code unit, as RFC 8785 section 3.2.3 sorts: a locale must not change what a stored key binds.
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
