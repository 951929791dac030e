import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { htmlToText } from "../../../adapters/mime/html-to-text.ts";

const ROWS: readonly [name: string, html: string, text: string][] = [
  ["paragraphs have a blank line between", "<p>a</p><p>b</p>", "a\n\nb"],
  ["blocks begin a line", "<div>a</div><div>b<div>c</div></div>d", "a\nb\nc\nd"],
  ["headings are text", "<h1>A</h1>b", "A\n\nb"],
  ["br counts, three line ends at most", "a<br>b<br><br>c<br><br><br><br><br>d", "a\nb\n\nc\n\n\nd"],
  ["white space is one space", " a \n\t b<b> c </b>d ", "a b c d"],
  ["inline elements join", "<b>a</b><i>b</i>", "ab"],
  [
    "entities, also without semicolon",
    "a&amp;b &lt;&eacute;&#8364;&#x20ac; &ampc &nope;",
    "a&b <é€€ &c &nope;",
  ],
  ["a no-break space is a space", "a&nbsp;&nbsp;b\u00a0c", "a b c"],
  [
    "head, style, script and comments are not text",
    "<head><title>T</title><style>p{}</style></head><script>x()</script><!-- c -->a",
    "a",
  ],
  ["conditional comments", "<!--[if mso]>x<![endif]-->a<![if !mso]>b<![endif]>", "ab"],
  ["list items", "<ul><li>a</li><li><p>b</p></li></ul>c", "- a\n- b\n\nc"],
  ["nested lists", "<ol><li>a<ul><li>b</ul><li>c</ol>", "- a\n- b\n- c"],
  ["an empty item leaves no trace", "<ul><li></li><li>a</li></ul>", "- a"],
  [
    "rows are lines, cells have a tab between",
    "<table><tr><th>a<th>b<tr><td>1</td> <td>2</td></tr></table>c",
    "a\tb\n1\t2\nc",
  ],
  [
    "layout tables leave only their text",
    "<table><tr><td><table><tr><td><div>a</div></td></tr></table></td></tr></table>",
    "a",
  ],
  ["quotes", "a<blockquote><p>b</p><blockquote>c</blockquote></blockquote>d", "a\n\n> b\n\n> > c\n\nd"],
  ["a rule", "a<hr>b", "a\n----------\nb"],
  ["pre keeps its spaces", "<pre>a  b\n   c</pre>d", "a  b\n   c\n\nd"],
  [
    "an image is its alternative text",
    'a <img src="x" alt=" Logo &amp; co "> b<img alt="">',
    "a [Logo & co] b",
  ],
  [
    "a link has its address once",
    '<a href="https://x.example/?a=1&amp;b=2">here</a>, now',
    "here (https://x.example/?a=1&b=2), now",
  ],
  ["a link that names its address", '<a href="https://x.example/">x.example</a>', "x.example"],
  ["in any case", '<a href="https://x.example/A">HTTPS://X.example/a</a>', "HTTPS://X.example/a"],
  ["a mail address", '<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"],
  ["a telephone number", '<a href="tel:+49301234">call</a>', "call (tel:+49301234)"],
  ["an image link", 'a<a href="https://x.example"><img src="y"></a>b', "a https://x.example b"],
  [
    "an image link with alternative text",
    '<a href="https://x.example"><img alt="X"></a>',
    "[X] (https://x.example)",
  ],
  [
    "links that lead nowhere",
    '<a href="#top">a</a><a href="javascript:x()">b</a><a>c</a><a href="">d</a>',
    "abcd",
  ],
  ["a line end within an address", '<a href="https://x.\nexample/a\n">x</a>', "x (https://x.example/a)"],
  ["a link that is never closed", '<a href="https://x.example">x', "x (https://x.example)"],
  [
    "a link within a link ends it",
    '<a href="https://x.example">x <a href="https://y.example">y</a>',
    "x (https://x.example)y (https://y.example)",
  ],
  ["hidden preview text", '<div style="color:red; display : NONE !important">x<div>y</div></div>a', "a"],
  [
    "hidden by other means",
    '<p hidden>x</p><i style="visibility:hidden">x</i><i style="opacity:0">x</i><i style="max-height:0px;overflow:hidden">x</i>a',
    "a",
  ],
  ["half hidden is shown", '<div style="opacity:0.5">a</div><div style="max-height:0">b</div>', "a\nb"],
  ["a hidden paragraph ends at the next", '<p style="display:none">x<p>a', "a"],
  ["a hidden image hides itself only", '<img alt="x" style="display:none">a', "a"],
  ["preview padding", "Hi &#847;&zwnj;&nbsp;&#8203;\u034f \u200c\u00a0&shy;\ufeff there", "Hi there"],
  [
    "joiners within words stay",
    "می\u200cخواهم می&zwnj;خواهم 👨\u200d👩",
    "می\u200cخواهم می\u200cخواهم 👨\u200d👩",
  ],
  ["the first of two attributes counts", '<img alt="a" alt="b">', "[a]"],
  ["upper case", '<P>a</P><BR><A HREF="https://X.example">b</A>', "a\n\n\nb (https://X.example)"],
  ["plain text is itself", "a < b && c > d", "a < b && c > d"],
  ["nothing to read", '<img src="x"><style>a</style>', ""],
  ["broken markup", "<p>a<b>b</p>c</b></i></table></div><", "ab\n\nc\n<"],
];

describe("html to text", () => {
  test.each(ROWS)("%s", (_name, html, text) => {
    expect(htmlToText.convert(html)).toBe(text);
  });
});

const MEGABYTE = 1024 * 1024;
const filled = (unit: string): string => unit.repeat(Math.floor(MEGABYTE / unit.length));
const HOSTILE = [
  "<b>",
  "<div>",
  "<blockquote>x<br>",
  "<ul><li>x",
  "<table><tr><td>x",
  "<a href=x>x",
  "</a>",
  "</div>",
  "<br>",
  "<hr>",
  "<p hidden>",
  "<i hidden>x",
  "<pre>\n x",
  "<",
  "<a ",
  "<a b=",
  "&",
  "&#",
  "&amp",
  "&zwnj;&nbsp;",
  "\u200c",
  " ",
  "x ",
  "<!--",
  "<![CDATA[",
  "<style>",
  "<script></script>x",
  "<?",
  "<p style='display:none",
  "<p style='display:none;overflow:hidden'>x</p>",
];

// No time is asserted here: what grows with the square of a megabyte would not end within the suite's time limit.
describe("a hostile megabyte ends, and its text is no longer than a few of it", () => {
  test.each([
    ...HOSTILE.map((unit): [string, string] => [unit, filled(unit)]),
    ["one attribute", `<a title="${filled("x")}" href="${filled("y")}">z</a>`],
    ["one style", `<p style="${filled("display ")}">z</p>`],
    ["one word", filled("x")],
    ["one tag name", `<${filled("x")}>z`],
    ["attributes", `<p ${filled("a ")}>z`],
    ["nested and closed", `${"<div>".repeat(90_000)}x${"</div>".repeat(90_000)}`],
  ])("%s", (_name, html) => {
    expect(htmlToText.convert(html).length).toBeLessThan(3 * MEGABYTE);
  });
});

test("any soup of tags: never throws, LF line ends, no long gaps", () => {
  const piece = fc.oneof(
    fc
      .constantFrom(..."p div a b li ul ol td tr table blockquote pre br hr img style script".split(" "))
      .chain((name) =>
        fc.constantFrom(
          `<${name}>`,
          `</${name}>`,
          `<${name} href="x" style="display:none">`,
          `<${name}/>`,
          `<${name} `,
        ),
      ),
    fc.constantFrom(
      "&nbsp;",
      "&amp;",
      "&#0;",
      "&#xffffff;",
      "&",
      "<!--",
      "-->",
      "<",
      ">",
      '"',
      "\n",
      " ",
      "word",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = htmlToText.convert(pieces.join(""));
      expect(text).not.toMatch(/\n{4}/);
      expect(text).not.toMatch(/^\n|\r/);
    }),
    { numRuns: 500 },
  );
});
