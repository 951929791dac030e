// For what cannot happen unless we have a bug: the edge logs it with the request id and answers 500.
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
