import { expect, test } from "bun:test";
import { joinHtml, joinTexts } from "../../../adapters/mime/join-bodies.ts";

const html = (text: string): { isHtml: boolean; text: string } => ({ isHtml: true, text });
const plain = (text: string): { isHtml: boolean; text: string } => ({ isHtml: false, text });

test("one document stays as it is", () => {
  const document = "<!DOCTYPE html><html><head><title>x</title></head><body>a</body></html>\n";
  expect(joinHtml([html(document)])).toBe(document);
});

const ROWS: readonly [name: string, first: string, joined: string][] = [
  ["fragments", "<p>a</p>", "<p>a</p>"],
  [
    "the frame of a document is taken off",
    "<!doctype html>\n<HTML lang=cs><head><style>p{}</style></head><body>a</body></HTML>",
    "\n<style>p{}</style><div>a</div>",
  ],
  ["the body keeps its attributes", '<body style="color:red" >a</body >', '<div style="color:red" >a</div >'],
  ["a tag that is never closed", "a</head", "a</head"],
  ["other tags and declarations stay", "<header>a</header><![if !mso]>b", "<header>a</header><![if !mso]>b"],
  ["comments stay", "<!-- <body> -->a", "<!-- <body> -->a"],
];

test.each(ROWS)("of several: %s", (_, first, joined) => {
  expect(joinHtml([html(first), html("<i>z</i>")])).toBe(`${joined}\n<i>z</i>`);
});

test("plain text among HTML is shown as it was written, and is never markup", () => {
  expect(joinHtml([html("a"), plain("x < y & z\n<script>")])).toBe(
    'a\n<div style="white-space:pre-wrap">x &lt; y &amp; z\n&lt;script&gt;</div>',
  );
});

test("texts begin a line each", () => {
  expect(joinTexts(["a\n", "b", "c\n"])).toBe("a\nb\nc\n");
});
