import { expect, test } from "bun:test";
import { cidReferences } from "../../../adapters/mime/cid-references.ts";

const ROWS: readonly [name: string, html: string, references: string[]][] = [
  ["double quotes", '<img src="cid:a@x">', ["a@x"]],
  ["single quotes", "<img src='cid:a@x'>", ["a@x"]],
  ["no quotes", "<img src=cid:a@x>", ["a@x"]],
  ["the scheme in any case", '<IMG SRC="CID:a@X">', ["a@X"]],
  ["white space around", '<img src=" cid:a@x\n">', ["a@x"]],
  ["entities", '<img src="cid&#58;a&amp;b@x">', ["a&b@x"]],
  ["percents are left for later", '<img src="cid:a%40x">', ["a%40x"]],
  ["a blank within", '<img src="cid:a b@x">', ["a b@x"]],
  ["a background", '<td background="cid:a@x">', ["a@x"]],
  ["a link", '<a href="cid:a@x">', ["a@x"]],
  ["a poster", '<video poster="cid:a@x">', ["a@x"]],
  ["SVG", '<svg><image xlink:href="cid:a@x"/></svg>', ["a@x"]],
  ["sources", '<img srcset="cid:a@x 1x, cid:b@x 2x,cid:c@x">', ["a@x", "b@x", "c@x"]],
  [
    "a style",
    `<p style="background:url('cid:a@x') , url(cid:b@x), url( &quot;cid:c d&quot; )">`,
    ["a@x", "b@x", "c d"],
  ],
  ["a style sheet", '<style>p{background:url("cid:a@x")} q{background:url(cid:b@x)}</style>', ["a@x", "b@x"]],
  ["each once", '<img src="cid:a@x"><img src="cid:a@x">', ["a@x"]],
  ["a tag that is never closed", '<p><img src="cid:a@x"', ["a@x"]],
  ["behind broken markup", '<p <b = "><img src="cid:b@x"><img src="cid:a@x">', ["a@x"]],
  ["text is no reference", "<p>cid:a@x</p>", []],
  ["nor a comment", '<!-- <img src="cid:a@x"> -->', []],
  [
    "but what Outlook shows",
    '<!--[if gte vml 1]><v:imagedata src="cid:a@x"/><![endif]--><![if !vml]><img src="cid:b@x"><![endif]>',
    ["a@x", "b@x"],
  ],
  ["and nothing further within", '<!--[if mso]><!--[if mso]><img src="cid:a@x"><![endif]-->', []],
  ["nor a condition it never meets", '<!--[if !mso]><img src="cid:a@x"><![endif]-->', []],
  ["nor another scheme", '<img src="acid:a@x"><a href="https://x/?cid:a@x">', []],
  ["nor nothing", '<img src="cid:">', []],
];

test.each(ROWS)("%s", (_, html, references) => {
  expect([...cidReferences(html)]).toEqual(references);
});
