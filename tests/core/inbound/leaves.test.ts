import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  divideLeaves,
  INBOUND_BODIES_BYTES_MAX,
  type Leaf,
  leavesOf,
  type Part,
  viewsOf,
} from "../../../core/inbound/leaves.ts";

/** A leaf written as `text/plain`, with its name behind "=" and its disposition behind ";", and "0" when blank. */
type Named = Leaf & { readonly id: string };
const leaf = (id: string, mediaType: string, rest: Partial<Leaf> = {}): Part<Named> => ({
  kind: "leaf",
  leaf: {
    id,
    mediaType,
    disposition: "",
    name: null,
    encodedLength: 10,
    isBlank: false,
    isUnopened: false,
    ...rest,
  },
});
const plain = (id: string, rest: Partial<Leaf> = {}): Part<Named> => leaf(id, "text/plain", rest);
const html = (id: string, rest: Partial<Leaf> = {}): Part<Named> => leaf(id, "text/html", rest);
const file = (id: string): Part<Named> =>
  leaf(id, "application/pdf", { disposition: "inline", name: "a.pdf" });
const multipart =
  (subtype: string) =>
  (...parts: Part<Named>[]): Part<Named> => ({ kind: "multipart", mediaType: `multipart/${subtype}`, parts });
const mixed = multipart("mixed");
const alternative = multipart("alternative");
const related = multipart("related");

const ids = (leaves: Iterable<Named>): string => Array.from(leaves, ({ id }) => id).join("");

const KINDS: readonly [name: string, part: Part<Named>, isBody: boolean][] = [
  ["plain text", plain("a"), true],
  ["HTML", html("a"), true],
  ["text set inline", plain("a", { disposition: "inline" }), true],
  ["text of an unknown disposition", plain("a", { disposition: "form-data" }), true],
  ["text sent as a file", plain("a", { disposition: "attachment" }), false],
  ["text with a name", html("a", { disposition: "inline", name: "a.html" }), false],
  ["another text", leaf("a", "text/calendar"), false],
  ["a message", leaf("a", "message/rfc822"), false],
  ["an image set inline", leaf("a", "image/png", { disposition: "inline" }), false],
];

test.each(KINDS)("%s", (_, part, isBody) => {
  const { bodies, files } = divideLeaves(leavesOf(part));
  expect([bodies.size, files.length]).toEqual(isBody ? [1, 0] : [0, 1]);
});

test("text beyond what is held in memory is a file", () => {
  const half = INBOUND_BODIES_BYTES_MAX / 2;
  const root = mixed(
    plain("a", { encodedLength: half }),
    plain("b", { encodedLength: half + 1 }),
    html("c", { encodedLength: half }),
    plain("d", { encodedLength: 1 }),
  );
  const { bodies, files } = divideLeaves(leavesOf(root));
  expect([ids(bodies), ids(files)]).toEqual(["ac", "bd"]);
});

const VIEWS: readonly [name: string, root: Part<Named>, html: string, text: string][] = [
  ["plain text alone", plain("a"), "a", "a"],
  ["HTML alone", html("a"), "a", ""],
  ["the usual alternative", alternative(plain("a"), html("b")), "b", "a"],
  ["with files around", mixed(alternative(plain("a"), html("b")), file("c")), "b", "a"],
  ["with images beside the HTML", alternative(plain("a"), related(html("b"), file("c"))), "b", "a"],
  [
    "Apple Mail: files between pieces of HTML, within an alternative",
    alternative(plain("a"), mixed(html("b"), file("c"), html("d"), file("e"), html("f"))),
    "bdf",
    "a",
  ],
  ["iOS: text, image, text", mixed(plain("a"), file("b"), plain("c")), "ac", "ac"],
  [
    "two alternatives, one after the other",
    mixed(alternative(plain("a"), html("b")), alternative(plain("c"), html("d"))),
    "bd",
    "ac",
  ],
  ["a footer behind an alternative", mixed(alternative(plain("a"), html("b")), plain("c")), "bc", "ac"],
  ["a footer within the branch of HTML", alternative(plain("a"), mixed(html("b"), plain("c"))), "bc", "a"],
  ["text only beside HTML", alternative(mixed(html("b"), plain("c"))), "bc", "c"],
  ["the last of several", alternative(plain("a"), plain("b"), html("c"), html("d")), "d", "b"],
  [
    "a blank branch cannot be shown",
    alternative(plain("a"), html("b"), html("c", { isBlank: true })),
    "b",
    "a",
  ],
  ["an alternative of text and an invitation", alternative(plain("a"), leaf("b", "text/calendar")), "a", "a"],
  ["a report", multipart("report")(plain("a"), leaf("b", "message/delivery-status")), "a", "a"],
  [
    "the example of RFC 8621 section 4.1.4",
    mixed(
      plain("A"),
      mixed(
        alternative(mixed(plain("B"), file("C"), plain("D")), related(html("E"), file("F"))),
        file("G"),
        leaf("J", "message/rfc822"),
      ),
      plain("K"),
    ),
    "AEK",
    "ABDK",
  ],
  ["blank text and a file", mixed(plain("a", { isBlank: true }), file("b")), "a", "a"],
  [
    "an alternative of nothing but blanks",
    alternative(plain("a", { isBlank: true }), html("b", { isBlank: true })),
    "b",
    "a",
  ],
  ["a multipart without any part", mixed(plain("a", { isBlank: true, isUnopened: true }), file("b")), "", ""],
  ["nothing but files", mixed(file("a"), file("b")), "", ""],
];

describe("what is shown", () => {
  test.each(VIEWS)("%s", (_, root, htmlView, textView) => {
    const views = viewsOf(root, divideLeaves(leavesOf(root)).bodies);
    expect([ids(views.html), ids(views.text)]).toEqual([htmlView, textView]);
  });
});

test("in any tree every leaf is a body or a file, in the order of the message, and only bodies are shown", () => {
  const { tree } = fc.letrec<{ tree: Part<Named> }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(plain("x"), html("x"), file("x"), plain("x", { isBlank: true })),
      fc
        .tuple(
          fc.constantFrom(mixed, alternative, related),
          fc.array(tie("tree"), { minLength: 1, maxLength: 4 }),
        )
        .map(([make, parts]) => make(...parts)),
    ),
  }));
  fc.assert(
    fc.property(tree, (root) => {
      const leaves = leavesOf(root).map((one) => ({ ...one }));
      const { bodies, files } = divideLeaves(leaves);
      expect(bodies.size + files.length).toBe(leaves.length);
      expect(leaves.filter((one) => files.includes(one))).toEqual([...files]);
      const original = divideLeaves(leavesOf(root)).bodies;
      const views = viewsOf(root, original);
      for (const shown of [...views.html, ...views.text]) expect(original.has(shown)).toBe(true);
    }),
  );
});
