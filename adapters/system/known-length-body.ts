// How a request body that is rendered piece by piece goes out with its length, so that it is neither buffered whole nor
// sent chunked (AWS answers 411 to that). Runtimes differ, so the composition chooses:
// Bun and Node keep a Content-Length we give a stream; Workers want FixedLengthStream; Deno drops the header of any
// stream and needs a Blob.

export type KnownLengthInit = {
  readonly body: BodyInit;
  readonly headers: Readonly<Record<string, string>>;
  /** Node demands it for a stream; the others ignore it. */
  readonly duplex?: "half";
};

/**
 * `sizeBytes` must be exactly the sum of the chunks. They are asked for as the connection takes them, and copied: each
 * need be valid only until the next is asked for.
 */
export type KnownLengthBody = (
  chunks: Iterable<Uint8Array<ArrayBuffer>>,
  sizeBytes: number,
) => KnownLengthInit;

/** How a body that is there as a whole goes out. */
export type WholeBody = (body: string | Uint8Array<ArrayBuffer>) => BodyInit;

/** Bun, Node, Workers. */
export const plainBody: WholeBody = (body) => body;

/**
 * Deno. It sends a text or octets again by itself when the connection ends before the answer, and a mail would go out
 * twice (denoland/deno#35610); a Blob it sends once. An empty one would go out chunked, which S3 answers with 411.
 */
export const sentOnceBody: WholeBody = (body) => (body.length === 0 ? body : new Blob([body]));

/** Bun, Node. */
export const streamedBody: KnownLengthBody = (chunks, sizeBytes) => ({
  body: pulledStream(chunks),
  headers: { "content-length": String(sizeBytes) },
  duplex: "half",
});

/** Deno. The chunks are held until they are sent. */
export const blobBody: KnownLengthBody = (chunks) => ({
  body: new Blob(Array.from(chunks, (chunk) => chunk.slice())),
  headers: {},
});

type FixedLengthStreamConstructor = new (
  sizeBytes: number,
) => TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;

/** Workers. Throws where the runtime has no FixedLengthStream. */
export const fixedLengthBody: KnownLengthBody = (chunks, sizeBytes) => {
  const { FixedLengthStream } = globalThis as { FixedLengthStream?: FixedLengthStreamConstructor };
  if (!FixedLengthStream) throw new Error("this runtime has no FixedLengthStream");
  const { readable, writable } = new FixedLengthStream(sizeBytes);
  // A connection that breaks ends the pipe too; the request's own failure is the one that is reported.
  pulledStream(chunks)
    .pipeTo(writable)
    .catch(() => undefined);
  return { body: readable, headers: {} };
};

function pulledStream(chunks: Iterable<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = chunks[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const next = iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value.slice());
    },
    cancel() {
      iterator.return?.();
    },
  });
}
