import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  CITED_MAX,
  citedKeys,
  type CitedMessage,
  joinChildren,
  type MessageToPlace,
  type Placement,
  placeInThread,
  type ThreadView,
  type WaitingMessage,
} from "../../../core/threading/place-in-thread.ts";

const same = (id: string): string => id;
const many = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe("citedKeys", () => {
  const rows: [
    name: string,
    inReplyTo: string[],
    references: string[],
    keys: string[],
    inReplyToCount: number,
  ][] = [
    ["nothing", [], [], [], 0],
    ["In-Reply-To first, then References from the last", ["p"], ["a", "b"], ["p", "b", "a"], 1],
    ["what both have, where In-Reply-To has it", ["b"], ["a", "b"], ["b", "a"], 1],
    ["References alone", [], ["a", "b", "c"], ["c", "b", "a"], 0],
    ["several in In-Reply-To, in their order", ["p", "q", "p"], ["a"], ["p", "q", "a"], 2],
    ["ten of In-Reply-To", many("p", 30), ["a"], [...many("p", 10), "a"], 10],
    [
      "of References the newest and the root",
      ["p"],
      many("r", 60),
      ["p", ...many("r", 60).slice(-18).toReversed(), "r0"],
      1,
    ],
    ["twenty, and none is left out", [], many("r", 20), many("r", 20).toReversed(), 0],
  ];
  test.each(rows)("%s", (_, inReplyTo, references, keys, inReplyToCount) => {
    expect(citedKeys({ inReplyTo, references }, same)).toEqual({ keys, inReplyToCount });
  });

  test("by key: two spellings of one id are cited once", () => {
    const key = (id: string): string => id.toLowerCase();
    expect(citedKeys({ inReplyTo: ["A", "a"], references: ["b", "A", "B"] }, key).keys).toEqual(["a", "b"]);
  });

  test("never more than are followed, each once", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60)), fc.array(fc.nat(60)), (one, other) => {
        const [inReplyTo, references] = [one.map(String), other.map(String)];
        const { keys, inReplyToCount } = citedKeys({ inReplyTo, references }, same);
        expect(keys.length).toBeLessThanOrEqual(CITED_MAX);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.slice(0, inReplyToCount).every((key) => inReplyTo.includes(key))).toBe(true);
        if (references.length > 0) expect(keys).toContain(references[0] ?? "");
        if (references.length > 0) expect(keys).toContain(references.at(-1) ?? "");
      }),
    );
  });
});

const ANN = "ann@post.example";
const BOB = "bob@elsewhere.example";
const [OURS, OTHERS] = ["use case", "other use case"];

/** Threads are named by their first message, so the smaller name is the older one. */
const message = (changes: Partial<MessageToPlace> = {}): MessageToPlace => ({
  id: "m5",
  cites: ["parent", "root"],
  inReplyToCount: 1,
  correspondent: ANN,
  ...changes,
});
const cited = (key: string, changes: Partial<CitedMessage> = {}): CitedMessage => ({
  id: `id of ${key}`,
  threadId: "m1",
  useCaseId: OURS,
  correspondent: ANN,
  ownsThread: true,
  key,
  senderTakesPart: true,
  ...changes,
});
const waits = (id: string, changes: Partial<WaitingMessage> = {}): WaitingMessage => ({
  id,
  threadId: id,
  useCaseId: OURS,
  correspondent: ANN,
  ownsThread: true,
  leadsToCited: false,
  ...changes,
});
const view = (changes: Partial<ThreadView> = {}): ThreadView => ({
  version: "1",
  cited: [],
  waiting: [],
  addressedUseCaseId: OURS,
  ...changes,
});

describe("placeInThread", () => {
  type Row = [
    name: string,
    mail: Partial<MessageToPlace>,
    seen: Partial<ThreadView>,
    placed: Partial<Placement>,
  ];

  const byCitation: Row[] = [
    [
      "what cites nothing begins a thread, for the use case that was written to",
      { cites: [] },
      {},
      {
        threadId: "m5",
        parentId: null,
        useCaseId: OURS,
        matchedBy: "recipient",
        knownSender: true,
        awaits: [],
      },
    ],
    [
      "what was written to no use case is for none",
      { cites: [] },
      { addressedUseCaseId: null },
      { threadId: "m5", useCaseId: null, matchedBy: "none" },
    ],
    [
      "what cites nothing that is there begins a thread and waits for all of it",
      {},
      {},
      {
        threadId: "m5",
        parentId: null,
        matchedBy: "recipient",
        knownSender: true,
        awaits: ["parent", "root"],
      },
    ],
    [
      "In-Reply-To is followed first",
      {},
      { cited: [cited("root", { threadId: "m2" }), cited("parent")] },
      { threadId: "m1", parentId: "id of parent", matchedBy: "in_reply_to", awaits: [] },
    ],
    [
      "References where In-Reply-To leads nowhere, and that is awaited",
      {},
      { cited: [cited("root", { threadId: "m2" })] },
      { threadId: "m2", parentId: "id of root", matchedBy: "references", awaits: ["parent"] },
    ],
    [
      "the newest of References that is there",
      { cites: ["c", "b", "a"], inReplyToCount: 0 },
      { cited: [cited("a", { threadId: "m2" }), cited("b")] },
      { threadId: "m1", parentId: "id of b", matchedBy: "references", awaits: ["c"] },
    ],
    [
      "the second of two in In-Reply-To",
      { cites: ["p", "q"], inReplyToCount: 2 },
      { cited: [cited("q")] },
      { parentId: "id of q", matchedBy: "in_reply_to", awaits: ["p"] },
    ],
    [
      "the use case is the thread's, whichever was written to",
      {},
      { cited: [cited("parent", { useCaseId: OTHERS })] },
      { useCaseId: OTHERS, matchedBy: "in_reply_to" },
    ],
    [
      "also when the thread is of none",
      {},
      { cited: [cited("parent", { useCaseId: null })] },
      { useCaseId: null, matchedBy: "in_reply_to" },
    ],
    [
      "of two with one id the one of the sender's own correspondence",
      {},
      { cited: [cited("parent", { id: "first", correspondent: BOB }), cited("parent", { id: "own" })] },
      { parentId: "own" },
    ],
    [
      "of two with one id, neither of the sender's, the first",
      {},
      {
        cited: [
          cited("parent", { id: "first", correspondent: BOB }),
          cited("parent", { id: "second", correspondent: null }),
        ],
      },
      { parentId: "first" },
    ],
    [
      "a mail that cites itself is not its own parent",
      {},
      { cited: [cited("parent", { id: "m5" }), cited("root", { threadId: "m2" })] },
      { threadId: "m2", parentId: "id of root", matchedBy: "references" },
    ],
  ];

  const byStranger: Row[] = [
    [
      "a stranger is shown as one",
      { correspondent: BOB },
      { cited: [cited("parent", { senderTakesPart: false })] },
      {
        threadId: "m1",
        parentId: "id of parent",
        useCaseId: OURS,
        knownSender: false,
        adopts: [],
        absorbs: [],
      },
    ],
    [
      "a stranger who cites two people's mails joins one thread and makes them no one",
      { correspondent: BOB, cites: ["anns", "carls"], inReplyToCount: 1 },
      {
        cited: [
          cited("anns", { threadId: "m2", senderTakesPart: false }),
          cited("carls", { threadId: "m1", correspondent: "carl@post.example", senderTakesPart: false }),
        ],
      },
      { threadId: "m2", parentId: "id of anns", knownSender: false, adopts: [], absorbs: [] },
    ],
    [
      "nor does somebody of one thread make two of them one by citing the other",
      { cites: ["anns", "carls"] },
      { cited: [cited("anns", { threadId: "m2" }), cited("carls", { correspondent: "carl@post.example" })] },
      { threadId: "m2", absorbs: [] },
    ],
    [
      "what waits for a stranger's id is not his child",
      { correspondent: BOB, cites: [] },
      { waiting: [waits("m2"), waits("m3", { correspondent: null })] },
      { threadId: "m5", adopts: [], absorbs: [] },
    ],
    [
      "a mail without a readable sender adopts nobody, not those without one either",
      { correspondent: null, cites: [] },
      { waiting: [waits("m2"), waits("m3", { correspondent: null })] },
      { threadId: "m5", adopts: [], absorbs: [] },
    ],
    [
      "a stranger within somebody's thread makes it no one with his own",
      { correspondent: BOB, cites: ["anns"] },
      {
        cited: [cited("anns", { senderTakesPart: false })],
        waiting: [waits("m2", { correspondent: BOB })],
      },
      { threadId: "m1", adopts: [], absorbs: [] },
    ],
    [
      "nor is his own thread one with somebody's whom he was let into",
      { correspondent: BOB, cites: [] },
      { waiting: [waits("m2", { correspondent: BOB, threadId: "m1", ownsThread: false })] },
      { threadId: "m5", adopts: [], absorbs: [] },
    ],
  ];

  const byLateParent: Row[] = [
    [
      "a late parent adopts its children; the oldest of the threads stays",
      { cites: [] },
      { waiting: [waits("m3"), waits("m2"), waits("m7")] },
      { threadId: "m2", adopts: ["m3", "m2", "m7"], absorbs: ["m3", "m5", "m7"], knownSender: true },
    ],
    [
      "and is the oldest itself",
      { id: "m1", cites: [] },
      { waiting: [waits("m3")] },
      { threadId: "m1", adopts: ["m3"], absorbs: ["m3"] },
    ],
    [
      "a late parent within a thread brings them there",
      {},
      { cited: [cited("parent")], waiting: [waits("m3"), waits("m6", { threadId: "m4" })] },
      { threadId: "m1", parentId: "id of parent", adopts: ["m3", "m6"], absorbs: ["m3", "m4"] },
    ],
    [
      "and into theirs, if that is older",
      {},
      { cited: [cited("parent", { threadId: "m4" })], waiting: [waits("m3")] },
      { threadId: "m3", parentId: "id of parent", adopts: ["m3"], absorbs: ["m4"] },
    ],
    [
      "two children of one thread make it one once",
      { cites: [] },
      { waiting: [waits("m3", { threadId: "m2" }), waits("m4", { threadId: "m2" })] },
      { threadId: "m2", adopts: ["m3", "m4"], absorbs: ["m5"] },
    ],
    [
      "a child that is in its thread already only learns its parent",
      {},
      { cited: [cited("parent")], waiting: [waits("m3", { threadId: "m1", ownsThread: false })] },
      { threadId: "m1", adopts: ["m3"], absorbs: [] },
    ],
    [
      "not across use cases",
      { cites: [] },
      { waiting: [waits("m3", { useCaseId: OTHERS }), waits("m4", { useCaseId: null })] },
      { threadId: "m5", adopts: [], absorbs: [] },
    ],
    [
      "not out of a thread that others take part in",
      { cites: [] },
      { waiting: [waits("m3", { threadId: "m1", ownsThread: false }), waits("m4")] },
      { threadId: "m4", adopts: ["m4"], absorbs: ["m5"] },
    ],
    [
      "not into one",
      {},
      { cited: [cited("parent", { ownsThread: false })], waiting: [waits("m3")] },
      { threadId: "m1", adopts: [], absorbs: [] },
    ],
    [
      "not what stands above it: two that cite each other are parent and child once",
      {},
      { cited: [cited("parent")], waiting: [waits("id of parent", { threadId: "m1", leadsToCited: true })] },
      { threadId: "m1", parentId: "id of parent", adopts: [], absorbs: [] },
    ],
    [
      "not itself",
      { cites: ["own"] },
      { waiting: [waits("m5")] },
      { threadId: "m5", parentId: null, adopts: [], absorbs: [], awaits: ["own"] },
    ],
  ];

  test.each([...byCitation, ...byStranger, ...byLateParent])("%s", (_, mail, seen, placed) => {
    expect(placeInThread(message(mail), view(seen))).toMatchObject(placed);
  });
});

describe("whatever is stored", () => {
  const KEYS = many("key", 5);
  const anyName = fc.constantFrom(...many("m", 10));
  const anyone = fc.constantFrom(ANN, BOB, null);
  const stored = {
    id: anyName,
    threadId: anyName,
    useCaseId: fc.constantFrom(OURS, OTHERS, null),
    correspondent: anyone,
    ownsThread: fc.boolean(),
  };
  const drawn = {
    mail: fc.record({
      id: fc.constant("m5"),
      cites: fc.shuffledSubarray(KEYS),
      inReplyToCount: fc.nat(3),
      correspondent: anyone,
    }),
    cited: fc.array(fc.record({ ...stored, key: fc.constantFrom(...KEYS), senderTakesPart: fc.boolean() })),
    waiting: fc.uniqueArray(fc.record({ ...stored, leadsToCited: fc.boolean() }), {
      selector: ({ id }) => id,
    }),
    addressedUseCaseId: fc.constantFrom(OURS, null),
  };
  const anyPlace = fc.record(drawn).map(({ mail, ...seen }) => ({ mail, seen: view(seen) }));

  test("a mail joins one thread, and only its own correspondent's threads become one, in one use case", () => {
    fc.assert(
      fc.property(anyPlace, ({ mail, seen }) => {
        const { threadId, parentId, useCaseId, adopts, absorbs } = placeInThread(mail, seen);
        const parents = seen.cited.filter(({ id }) => id === parentId);
        const children = seen.waiting.filter(({ id }) => adopts.includes(id));
        const begun = parentId === null ? [mail.id] : parents.map((parent) => parent.threadId);
        const joined = [threadId, ...absorbs];
        expect(new Set(joined).size).toBe(joined.length);
        expect(joined.toSorted()[0]).toBe(threadId);
        expect(joined.some((one) => begun.includes(one))).toBe(true);
        const others = joined.filter((one) => !children.some((child) => child.threadId === one));
        expect(others.length).toBeLessThanOrEqual(1);
        for (const child of children) {
          expect(joined).toContain(child.threadId);
          expect([child.correspondent, child.useCaseId]).toEqual([mail.correspondent, useCaseId]);
          expect(child.correspondent).not.toBeNull();
          expect([child.leadsToCited, child.id === mail.id]).toEqual([false, false]);
        }
        for (const child of children)
          if (!begun.includes(child.threadId)) expect(child.ownsThread).toBe(true);
        if (absorbs.length > 0 && parentId !== null)
          expect(
            parents.some((parent) => parent.ownsThread && parent.correspondent === mail.correspondent),
          ).toBe(true);
        if (parentId !== null) expect(parents.some((parent) => parent.useCaseId === useCaseId)).toBe(true);
      }),
    );
  });

  test("its parent is of the strongest key that is there, and stronger ones are awaited", () => {
    fc.assert(
      fc.property(anyPlace, ({ mail, seen }) => {
        const { parentId, awaits, matchedBy, knownSender } = placeInThread(mail, seen);
        const there = mail.cites.findIndex((key) =>
          seen.cited.some((one) => one.key === key && one.id !== mail.id),
        );
        expect(awaits).toEqual(there < 0 ? mail.cites : mail.cites.slice(0, there));
        if (there < 0) {
          expect([parentId, knownSender]).toEqual([null, true]);
          expect(matchedBy).toBe(seen.addressedUseCaseId === null ? "none" : "recipient");
        } else {
          const bearers = seen.cited.filter(({ key }) => key === mail.cites[there]);
          expect(bearers.map(({ id }) => id)).toContain(parentId as string);
          expect(matchedBy).toBe(there < mail.inReplyToCount ? "in_reply_to" : "references");
        }
      }),
    );
  });

  test("the order in which stored messages are told does not matter, where each has a key of its own", () => {
    const told = anyPlace.chain(({ mail, seen }) =>
      fc.record({
        mail: fc.constant(mail),
        seen: fc.constant(seen),
        cited: fc.shuffledSubarray([...seen.cited], { minLength: seen.cited.length }),
        waiting: fc.shuffledSubarray([...seen.waiting], { minLength: seen.waiting.length }),
      }),
    );
    const sorted = (placed: Placement): object => ({ ...placed, adopts: placed.adopts.toSorted() });
    fc.assert(
      fc.property(told, ({ mail, seen, cited: one, waiting }) => {
        fc.pre(new Set(one.map(({ key }) => key)).size === one.length);
        const again = placeInThread(mail, { ...seen, cited: one, waiting });
        expect(sorted(again)).toEqual(sorted(placeInThread(mail, seen)));
      }),
    );
  });
});

describe("joinChildren", () => {
  test("one of ours whose id became known late stays in its thread, and its answers come there", () => {
    const sent = { id: "m2", threadId: "m1", useCaseId: OURS, correspondent: ANN, ownsThread: true };
    const waiting = [waits("m3"), waits("m4", { correspondent: BOB }), waits("m1", { leadsToCited: true })];
    expect(joinChildren(sent, waiting)).toEqual({ threadId: "m1", adopts: ["m3"], absorbs: ["m3"] });
    expect(joinChildren(sent, [])).toEqual({ threadId: "m1", adopts: [], absorbs: [] });
  });
});
