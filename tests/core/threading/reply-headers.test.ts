import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Header, renderHeader } from "../../../core/message/headers.ts";
import { messageKey, readMessageIds } from "../../../core/threading/message-id.ts";
import {
  chainOf,
  REFERENCES_CHARACTERS_MAX,
  REFERENCES_IDS_MAX,
  replyHeaders,
  withAncestors,
} from "../../../core/threading/reply-headers.ts";

const BARE = "010f0195a1b2c3d4-5e6f7081-92a3-4b4c-8d5e-6f708192a3b4-000000";
const OURS = `${BARE}@email.amazonses.com`;
/** Of `length` characters, each of another number. */
const long = (n: number, length: number): string => `${n}-${"i".repeat(length - 3 - String(n).length)}@x`;
const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `id-${n}@x`);

describe("chainOf", () => {
  type Cites = { readonly references?: readonly string[]; readonly inReplyTo?: readonly string[] };
  const known = (
    messageId: string | null,
    ...chain: string[]
  ): { chain: string[]; messageId: string | null } => ({
    chain,
    messageId,
  });
  // RFC 5322 section 3.6.4.
  const rows: [
    name: string,
    cites: Cites,
    parent: ReturnType<typeof known> | null,
    chain: readonly string[],
  ][] = [
    ["of what cites nothing", {}, null, []],
    ["is its References", { references: ["a@x", "b@x"], inReplyTo: ["c@x"] }, null, ["a@x", "b@x"]],
    ["is its In-Reply-To where there are none", { inReplyTo: ["a@x"] }, null, ["a@x"]],
    ["is nothing where In-Reply-To has several", { inReplyTo: ["a@x", "b@x"] }, null, []],
    ["is the parent's and its id where all was stripped", {}, known("p@x", "a@x"), ["a@x", "p@x"]],
    ["is the same where In-Reply-To was left", { inReplyTo: ["p@x"] }, known("p@x", "a@x"), ["a@x", "p@x"]],
    [
      "is the same where References were kept",
      { references: ["a@x", "p@x"] },
      known("p@x", "a@x"),
      ["a@x", "p@x"],
    ],
    [
      "has what was cut from the front",
      { references: ["c@x", "p@x"] },
      known("p@x", "a@x", "b@x", "c@x"),
      ["a@x", "b@x", "c@x", "p@x"],
    ],
    [
      "has what was cut from the end",
      { references: ["a@x"], inReplyTo: ["p@x"] },
      known("p@x", "a@x", "b@x", "c@x"),
      ["a@x", "b@x", "c@x", "p@x"],
    ],
    [
      "has what was cut from the middle",
      { references: ["a@x", "p@x"] },
      known("p@x", "a@x", "b@x", "c@x"),
      ["a@x", "b@x", "c@x", "p@x"],
    ],
    [
      "has what others wrote between, where it stood",
      { references: ["a@x", "p@x", "theirs@x"] },
      known("p@x", "a@x", "b@x"),
      ["a@x", "b@x", "p@x", "theirs@x"],
    ],
    [
      "begins with what its References begin with, though we know nothing of that",
      { references: ["theirs@x", "p@x"] },
      known("p@x"),
      ["theirs@x", "p@x"],
    ],
    [
      "ends with the parent that References do not name",
      { references: ["a@x"] },
      known("p@x"),
      ["a@x", "p@x"],
    ],
    [
      "has each once, in the order its program turned round",
      { references: ["p@x", "a@x", "p@x"] },
      known("p@x", "a@x"),
      ["a@x", "p@x"],
    ],
    [
      "has nothing that a cut made of two ids, first or in between",
      { references: ["rooa@x", "a@xb@x", "p@x", "theirs@x"] },
      known("p@x", "root@x", "a@x", "b@x"),
      ["root@x", "a@x", "b@x", "p@x", "theirs@x"],
    ],
    [
      "keeps what only begins, or only ends, as an id that is known",
      { references: ["root-1@x", "another@x", "p@x"] },
      known("p@x", "root@x"),
      ["root-1@x", "another@x", "root@x", "p@x"],
    ],
    ["of a parent without an id", { references: ["a@x"] }, known(null, "a@x", "b@x"), ["a@x", "b@x"]],
    [
      "has our own spelling of what a gateway upper-cased",
      { references: ["A@X", OURS.toUpperCase()] },
      known(OURS, "a@x"),
      ["a@x", OURS],
    ],
    [
      "has our own spelling of an id with another region's domain",
      { references: [`${BARE}@eu-west-1.amazonses.com`] },
      known(OURS),
      [OURS],
    ],
    [
      "is without what could not be written",
      { references: ["grüße@x", "a b@x", "<a@x", "c\r\nBcc: d@x", "", "i".repeat(499), "e@x"] },
      null,
      ["e@x"],
    ],
  ];
  test.each(rows)("%s", (_, { references = [], inReplyTo = [] }, parent, chain) => {
    expect(chainOf({ references, inReplyTo }, parent)).toEqual([...chain]);
  });

  test("of sixty ids the first and the newest, our mail among them", () => {
    const cited = [...ids(60), OURS];
    expect(chainOf({ references: cited, inReplyTo: [OURS] }, { chain: [], messageId: OURS })).toEqual([
      "id-0@x",
      ...cited.slice(1 - REFERENCES_IDS_MAX),
    ]);
  });

  test("forty rounds end with the first and the newest, whatever their program does to References", () => {
    const sent = Array.from({ length: 40 }, (_, n) => `${BARE.slice(0, -2)}${n + 10}@email.amazonses.com`);
    const theirs = Array.from({ length: 40 }, (_, n) => `answer-${n}@post.example`);
    const all = sent.flatMap((id, n) => [id, theirs[n] ?? ""]);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { minLength: 40, maxLength: 40 }), (programs) => {
        let outgoing: readonly string[] = [];
        for (const [round, program] of programs.entries()) {
          const id = sent[round] ?? "";
          const kept = [...outgoing, id];
          const references = [
            kept,
            [],
            kept.slice(-2),
            kept.slice(0, 2),
            kept.map((one) => one.toUpperCase()),
            [id],
          ];
          const mail = { references: references[program] ?? [], inReplyTo: [id] };
          const chain = chainOf(mail, { chain: outgoing, messageId: id });
          outgoing = replyHeaders({ chain, messageId: theirs[round] ?? null }).references;
          const until = all.slice(0, 2 * round + 2);
          expect(outgoing[0]).toBe(all[0] ?? "");
          expect(outgoing.slice(1)).toEqual(until.slice(1).slice(1 - outgoing.length));
          expect(outgoing.length).toBeGreaterThanOrEqual(Math.min(until.length, 10));
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe("withAncestors", () => {
  const mail = (messageId: string | null, ...chain: string[]) => ({ messageId, chain });

  test("a mail that nothing stands above", () => {
    expect(withAncestors(mail("c@x", "a@x"), [])).toEqual(mail("c@x", "a@x"));
  });

  test("what was filed before its parents, each of which knew its own parent's id at most", () => {
    const above = [mail("c@x", "b@x"), mail("b@x", "a@x"), mail("a@x")];
    expect(withAncestors(mail("d@x", "c@x"), above)).toEqual(mail("d@x", "a@x", "b@x", "c@x"));
  });

  test("what stands above the farthest is in its own chain; who has no id is passed over", () => {
    const above = [mail(null, "b@x"), mail("b@x", "root@x", "a@x")];
    expect(withAncestors(mail("d@x"), above)).toEqual(mail("d@x", "root@x", "a@x", "b@x"));
  });

  test("nothing changes where all was known", () => {
    const above = [mail("c@x", "a@x", "b@x"), mail("b@x", "a@x"), mail("a@x")];
    const known = mail("d@x", "a@x", "b@x", "theirs@x", "c@x");
    expect(withAncestors(known, above)).toEqual(known);
  });

  test("of many the first and the newest", () => {
    const above = ids(40).map((id, n) => mail(id, ...ids(40).slice(Math.max(0, n - 1), n)));
    const { chain } = withAncestors(mail("newest@x"), above.toReversed());
    expect(chain).toEqual(["id-0@x", ...ids(40).slice(1 - REFERENCES_IDS_MAX)]);
  });
});

describe("replyHeaders", () => {
  const header = (name: string, ...named: string[]): Header => ({
    name,
    value: { kind: "message_ids", ids: named },
  });

  test("its id, and its chain with its id at the end", () => {
    expect(replyHeaders({ chain: ["a@x", "b@x"], messageId: "c@x" })).toEqual({
      headers: [header("In-Reply-To", "c@x"), header("References", "a@x", "b@x", "c@x")],
      references: ["a@x", "b@x", "c@x"],
    });
  });

  test("a mail that begins a thread", () => {
    expect(replyHeaders({ chain: [], messageId: "c@x" })).toEqual({
      headers: [header("In-Reply-To", "c@x"), header("References", "c@x")],
      references: ["c@x"],
    });
  });

  const unnamed: [name: string, messageId: string | null][] = [
    ["without an id", null],
    ["with an id that is empty", ""],
    ["with an id that is not ASCII", "grüße@x"],
    ["with an id that would begin another header", "a@x>\r\nBcc: <b@x"],
    ["with an id of half a line and more", `${"i".repeat(498)}@x`],
  ];
  test.each(unnamed)("a mail %s is answered without both", (_, messageId) => {
    expect(replyHeaders({ chain: [], messageId })).toEqual({ headers: [], references: [] });
  });

  test("a mail without an id that cites others: References alone", () => {
    expect(replyHeaders({ chain: ["a@x"], messageId: null })).toEqual({
      headers: [header("References", "a@x")],
      references: ["a@x"],
    });
  });

  test("a mail that cites itself is cited last", () => {
    expect(replyHeaders({ chain: ["a@x", "C@x", ...ids(30)], messageId: "c@x" }).references).toEqual([
      "a@x",
      ...ids(30).slice(-18),
      "c@x",
    ]);
  });

  test("twenty ids: the first and the nineteen newest", () => {
    const { references } = replyHeaders({ chain: ids(60), messageId: "newest@x" });
    expect(references).toEqual(["id-0@x", ...ids(60).slice(-18), "newest@x"]);
  });

  const full: [name: string, chain: readonly string[], kept: readonly string[]][] = [
    // With its brackets, and a blank before each but the first: 20 × 42 + 19 = 859 characters.
    ["twenty of forty characters", Array.from({ length: 19 }, (_, n) => long(n, 40)), ["all"]],
    // 102 + 7 × 103 + 11 = 834, and one more would be 937.
    [
      "of a hundred characters seven and the first",
      Array.from({ length: 19 }, (_, n) => long(n, 100)),
      [long(0, 100), ...Array.from({ length: 7 }, (_, n) => long(12 + n, 100))],
    ],
    ["the first, however long", [long(0, 498), long(1, 300), long(2, 400)], [long(0, 498)]],
    [
      "an older one is not kept when a newer had no room",
      [long(0, 400), long(1, 20), long(2, 490)],
      [long(0, 400)],
    ],
  ];
  test.each(full)("nine hundred characters: %s", (_, chain, kept) => {
    const { references } = replyHeaders({ chain, messageId: "newest@x" });
    expect(references).toEqual([...(kept[0] === "all" ? chain : kept), "newest@x"]);
    expect(references.map((id) => `<${id}>`).join(" ").length).toBeLessThanOrEqual(REFERENCES_CHARACTERS_MAX);
  });

  test("the newest stays beside the first, though both are half a line", () => {
    const [first, newest] = [long(0, 498), long(1, 498)];
    expect(replyHeaders({ chain: [first, "a@x"], messageId: newest }).references).toEqual([first, newest]);
  });

  const anyId = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.stringMatching(/^[A-Za-z0-9.+-]{1,60}@[a-z.-]{1,30}$/),
    fc.integer({ min: 5, max: 1_200 }).map((length) => long(7, length)),
    fc.constantFrom(OURS, OURS.toUpperCase(), "a@x>\r\nBcc: <b@x", '"quoted"@x', "a@x (comment)", "<a@x>"),
  );
  const keyOf = (id: string): string => messageKey(id).toLowerCase();
  const anyIds = fc.array(anyId, { maxLength: 60 });

  test("whatever was received, the headers are legal and keep the first and the newest", () => {
    fc.assert(
      fc.property(anyIds, anyIds, fc.option(anyId), anyIds, (references, inReplyTo, messageId, chain) => {
        const mail = { references, inReplyTo };
        const known = { chain, messageId: "parent@x" };
        const received = chainOf(mail, known);
        const reply = replyHeaders({ chain: received, messageId });
        for (const { name, value } of reply.headers) {
          const written = renderHeader({ name, value });
          expect(written).toMatch(/^[ -~]+\r\n(?: [ -~]+\r\n)*$/);
          for (const line of written.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
          const ids = value.kind === "message_ids" ? value.ids : [];
          expect(ids.length).toBeGreaterThan(0);
          expect(readMessageIds(written.slice(name.length + 1))).toEqual([...ids]);
        }
        expect(reply.references.length).toBeLessThanOrEqual(REFERENCES_IDS_MAX);
        const keys = reply.references.map(keyOf);
        expect(new Set(keys).size).toBe(keys.length);
        expect(chainOf({ references: received, inReplyTo: [] }, null)).toEqual(received);
        const answersId = reply.headers.some(({ name }) => name === "In-Reply-To");
        if (answersId) expect(reply.references.at(-1)).toBe(messageId ?? "");
        const [first] = received.filter((id) => keyOf(id) !== keyOf(messageId ?? ""));
        if (first === received[0]) expect(reply.references[0]).toBe(first ?? messageId ?? undefined);
      }),
    );
  });
});
