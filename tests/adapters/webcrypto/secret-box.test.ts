import { expect, test } from "bun:test";
import fc from "fast-check";
import { makeSecretBox } from "../../../adapters/webcrypto/secret-box.ts";
import { makeTokenSigner, type SigningKey } from "../../../adapters/webcrypto/token-signer.ts";

const key = (id: string, octet: number): SigningKey => ({ id, secret: new Uint8Array(32).fill(octet) });
const [OLD, NEW] = [key("old", 1), key("new", 2)];
const SECRET = "0123456789abcdef0123456789abcdef";
const box = makeSecretBox([OLD]);

test("opens what it sealed, for the same purpose only", async () => {
  const sealed = await box.seal("one", SECRET);
  expect(await box.open("one", sealed)).toEqual({ secret: SECRET, isNewestKey: true });
  expect(await box.open("other", sealed)).toBeNull();
  expect(sealed).not.toContain(SECRET);
  expect(sealed).toMatch(/^old\.[A-Za-z0-9_-]+$/);
});

test("seals the same secret otherwise each time", async () => {
  expect(await box.seal("one", SECRET)).not.toBe(await box.seal("one", SECRET));
});

test("keys are rotated: the first seals, all open, and a key that was let go opens nothing", async () => {
  const sealed = await box.seal("one", SECRET);
  const rotated = makeSecretBox([NEW, OLD]);
  expect(await rotated.open("one", sealed)).toEqual({ secret: SECRET, isNewestKey: false });
  const anew = await rotated.seal("one", SECRET);
  const onlyNew = makeSecretBox([NEW]);
  expect(await onlyNew.open("one", anew)).toEqual({ secret: SECRET, isNewestKey: true });
  expect(await onlyNew.open("one", sealed)).toBeNull();
  // The id in front is no proof: a key of that name with another secret does not open it.
  expect(await makeSecretBox([key("old", 3)]).open("one", sealed)).toBeNull();
});

test("what was altered anywhere does not open", async () => {
  const sealed = await box.seal("one", SECRET);
  for (let at = 0; at < sealed.length; at++) {
    const other = sealed[at] === "A" ? "B" : "A";
    expect(await box.open("one", `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`)).toBeNull();
  }
  for (const broken of [
    "",
    "old",
    "old.",
    `${sealed}.x`,
    sealed.slice(0, -2),
    `${sealed}AAAA`,
    "x".repeat(9999),
  ])
    expect(await box.open("one", broken)).toBeNull();
});

test("a token signed by the same key is no sealed secret", async () => {
  const token = await makeTokenSigner([OLD]).sign("one", SECRET);
  expect(await box.open("one", token)).toBeNull();
});

test("any secret comes back", async () => {
  const property = fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.string(), async (secret, purpose) => {
    expect((await box.open(purpose, await box.seal(purpose, secret)))?.secret).toBe(secret);
  });
  await fc.assert(property, { numRuns: 50 });
});
