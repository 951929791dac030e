import { describe, expect, test } from "bun:test";
import { nodeChunkDigest } from "../../../adapters/system/chunk-digest-node.ts";
import { blobBody, fixedLengthBody, streamedBody } from "../../../adapters/system/known-length-body.ts";
import { startStubServer } from "../../support/stub-server.ts";

const CHUNK_BYTES = 40_000;
const CHUNKS = 60;
const SIZE_BYTES = CHUNK_BYTES * CHUNKS;

function* chunks(): Generator<Uint8Array<ArrayBuffer>> {
  for (let index = 0; index < CHUNKS; index++) yield new Uint8Array(CHUNK_BYTES).fill(index);
}
const whole = Buffer.concat([...chunks()]);

const server = startStubServer(({ headers, body }) =>
  Response.json({
    length: headers.get("content-length"),
    chunked: headers.has("transfer-encoding"),
    sha256: new Bun.CryptoHasher("sha256").update(body).digest("hex"),
  }),
);
const sha256 = new Bun.CryptoHasher("sha256").update(whole).digest("hex");

describe("known-length body", () => {
  test.each([
    ["a stream", streamedBody],
    ["a blob", blobBody],
  ] as const)("%s arrives whole and with its length", async (_, make) => {
    const { headers, ...init } = make(chunks(), SIZE_BYTES);
    const answer = await fetch(server.url, { method: "POST", headers, ...init });
    expect(await answer.json()).toEqual({ length: String(SIZE_BYTES), chunked: false, sha256 });
  });

  test("chunks are asked for as they are sent, not all at once", async () => {
    let asked = 0;
    const counted = function* () {
      for (const chunk of chunks()) {
        asked++;
        yield chunk;
      }
    };
    const { body } = streamedBody(counted(), SIZE_BYTES);
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    expect(asked).toBeLessThan(CHUNKS / 2);
    await reader.cancel();
  });

  test("a runtime without FixedLengthStream is told so", () => {
    expect(() => fixedLengthBody(chunks(), SIZE_BYTES)).toThrow("FixedLengthStream");
  });
});

test("the chunk digest equals the hash of the whole", async () => {
  expect(await nodeChunkDigest(chunks())).toBe(sha256);
  // FIPS 180-4: the empty message.
  expect(await nodeChunkDigest([])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});
