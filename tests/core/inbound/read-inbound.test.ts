// What a name in a download's path means, and what is kept from everybody.
import { describe, expect, test } from "bun:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  locateInboundFile,
  locateRaw,
  readInbound,
  readInboundBody,
} from "../../../core/inbound/read-inbound.ts";
import { inboundFileBlobKey, textBlobKey } from "../../../core/inbound/inbound-blobs.ts";
import { OutageError } from "../../../core/outage.ts";
import { type InboundWorld, makeInboundWorld } from "../../support/inbound-world.ts";
import { outcomeOf } from "../../support/setup-world.ts";

type Part = { readonly id?: string; readonly name?: string; readonly text: string };

/** HTML that shows these ids, and files in this order. */
function related(shown: readonly string[], parts: readonly Part[]): Uint8Array {
  const html = shown.map((id) => `<img src="cid:${encodeURIComponent(id)}">`).join("");
  const files = parts.map(({ id, name, text }) =>
    [
      `Content-Type: image/png${name === undefined ? "" : `; name="${name}"`}`,
      ...(id === undefined ? [] : [`Content-ID: <${id}>`]),
      "Content-Disposition: attachment",
      "",
      text,
    ].join("\r\n"),
  );
  const all = [`Content-Type: text/html; charset=utf-8\r\n\r\n${html}`, ...files];
  const head = 'From: a@x.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n';
  return new TextEncoder().encode(`${head}${all.map((part) => `--b\r\n${part}\r\n`).join("")}--b--\r\n`);
}

async function receivedWith(raw: Uint8Array): Promise<InboundWorld & { readonly inboundId: string }> {
  const world = await makeInboundWorld();
  await world.tell(world.lay(1, { raw }));
  return { ...world, inboundId: (await world.onlyEmail()).id };
}

/** The contents found under a name; else what it is refused with. */
async function fileCalled(
  { ports, workspaceId, inboundId }: Awaited<ReturnType<typeof receivedWith>>,
  filename: string,
): Promise<string> {
  const located = await locateInboundFile(ports, { workspaceId, inboundId, filename });
  if (!located.ok) return located.error.kind;
  const key = new URL(located.value).pathname.slice(1);
  return new TextDecoder().decode(ports.blobs.blobs.get(key));
}

describe("a name is looked for", () => {
  type Row = readonly [
    name: string,
    shown: readonly string[],
    parts: readonly Part[],
    asked: string,
    expected: string,
  ];
  const rows: readonly Row[] = [
    [
      "first as the Content-ID of what the HTML shows",
      ["two"],
      [
        { name: "two", text: "file" },
        { id: "two", name: "other.png", text: "shown" },
      ],
      "two",
      "shown",
    ],
    [
      "then as any Content-ID, before a file's name",
      [],
      [
        { name: "two", text: "file" },
        { id: "two", name: "other.png", text: "has the id" },
      ],
      "two",
      "has the id",
    ],
    [
      "the first of a repeated Content-ID is meant; the others have their own names",
      ["two"],
      [
        { id: "two", text: "first" },
        { id: "two", name: "b.png", text: "second" },
      ],
      "two",
      "first",
    ],
    [
      "the second of a repeated Content-ID by its name",
      ["two"],
      [
        { id: "two", text: "first" },
        { id: "two", name: "b.png", text: "second" },
      ],
      "b.png",
      "second",
    ],
    [
      "then as a file's name, before an id that differs in case",
      [],
      [
        { id: "A.png", name: "x.png", text: "id in capitals" },
        { name: "a.png", text: "named" },
      ],
      "a.png",
      "named",
    ],
    [
      "last as a Content-ID in another case",
      ["Logo@X.example"],
      [{ id: "Logo@X.example", text: "shown" }],
      "logo@x.EXAMPLE",
      "shown",
    ],
    ["names compare after NFC", [], [{ name: "u\u0308.png", text: "named" }], "\u00fc.png", "named"],
    ["and in the other form", [], [{ name: "\u00fc.png", text: "named" }], "u\u0308.png", "named"],
    ["names differ by case", [], [{ name: "a.png", text: "named" }], "A.png", "attachment_not_found"],
    ["nothing is called so", [], [{ name: "a.png", text: "named" }], "raw", "attachment_not_found"],
    ["no way out of it", [], [{ name: "a.png", text: "named" }], "../raw", "attachment_not_found"],
    ["no file without a name is meant by none", [], [{ text: "nameless" }], "", "attachment_not_found"],
  ];
  test("each file is found under the name it is listed with, whatever ids and names there are", async () => {
    const text = fc.option(fc.constantFrom("a.png", "A.png", "a (2).png", "b@x", "b_x"), { nil: undefined });
    const files = fc.array(fc.record({ id: text, name: text }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(files, fc.subarray(["a.png", "A.png", "b@x"]), async (made, shown) => {
        const parts = made.map((part, place) => ({ ...part, text: `file ${place}` }) as Part);
        const received = await receivedWith(related(shown, parts));
        const listed = (await received.onlyEmail()).files.map(({ filename }) => filename);
        const found = listed.map((filename) => fileCalled(received, filename));
        expect(await Promise.all(found)).toEqual(parts.map((part) => part.text));
      }),
      { numRuns: 15 },
    );
  });

  test.each(rows)("%s", async (_, shown, parts, asked, expected) => {
    expect(await fileCalled(await receivedWith(related(shown, parts)), asked)).toBe(expected);
  });
});

describe("what the HTML shows is saved under a name that stays where it is put:", () => {
  const rows: readonly (readonly [id: string, saved: string])[] = [
    ["Logo@post.example", "Logo@post.example"],
    ["../../.bashrc", "_bashrc"],
    ["gnp.\u202eexe@x", "gnp.exe@x"],
    ['a"b<c>|d', "a_b_c__d"],
    ["con", "_con"],
    ["...", "attachment-1.png"],
  ];
  test.each(rows)("%s", async (id, saved) => {
    const { ports, workspaceId, inboundId } = await receivedWith(related([id], [{ id, text: "shown" }]));
    const located = await locateInboundFile(ports, { workspaceId, inboundId, filename: id });
    assert(located.ok);
    expect(new URL(located.value).searchParams.get("name")).toBe(saved);
  });
});

describe("a mail with a virus", () => {
  test("keeps its files and octets from everybody; its text is shown", async () => {
    const world = await makeInboundWorld();
    const verdicts = { spam: "PASS", virus: "FAIL", spf: "PASS", dkim: "PASS", dmarc: "PASS" } as const;
    await world.tell(world.lay(1, { verdicts }));
    const { ports, workspaceId } = world;
    const asked = { workspaceId, inboundId: (await world.onlyEmail()).id };
    for (const filename of ["card.pdf", "Logo@post.example", "none"])
      expect(outcomeOf(await locateInboundFile(ports, { ...asked, filename }))).toBe("infected");
    expect(outcomeOf(await locateRaw(ports, asked))).toBe("infected");
    const read = await readInbound(ports, asked);
    expect(read.ok && read.value.text).toBe("Text 1");
    expect(outcomeOf(await readInboundBody(ports, asked))).toBe("done");
  });
});

describe("reading", () => {
  test("the body is the HTML, else the text", async () => {
    for (const [type, words] of [
      ["text/html", "<p>x</p>"],
      ["text/plain", "x"],
    ]) {
      const raw = new TextEncoder().encode(`From: a@x.example\r\nContent-Type: ${type}\r\n\r\n${words}`);
      const { ports, workspaceId, inboundId } = await receivedWith(raw);
      const body = await readInboundBody(ports, { workspaceId, inboundId });
      expect(body.ok && body.value.contentType).toBe(`${type}; charset=utf-8`);
      expect(new TextDecoder().decode(body.ok ? body.value.octets : undefined)).toBe(String(words));
    }
  });

  test("what another workspace received is not there", async () => {
    const world = await makeInboundWorld();
    await world.tell(world.lay(1));
    const { ports, neighbourId: workspaceId } = world;
    const asked = { workspaceId, inboundId: (await world.onlyEmail()).id };
    for (const answer of [
      await readInbound(ports, asked),
      await readInboundBody(ports, asked),
      await locateRaw(ports, asked),
      await locateInboundFile(ports, { ...asked, filename: "card.pdf" }),
    ])
      expect(outcomeOf(answer)).toBe("inbound_email_not_found");
  });

  test("contents that are out of reach are no contents that are gone", async () => {
    const world = await makeInboundWorld();
    await world.tell(world.lay(1));
    const { ports, workspaceId } = world;
    const { id } = await world.onlyEmail();
    ports.blobs.blobs.delete(textBlobKey(id));
    await assert.rejects(readInbound(ports, { workspaceId, inboundId: id }), OutageError);
    // A download's URL does not look.
    ports.blobs.blobs.delete(inboundFileBlobKey(id, 1));
    const file = await locateInboundFile(ports, { workspaceId, inboundId: id, filename: "card.pdf" });
    expect(outcomeOf(file)).toBe("done");
  });
});
