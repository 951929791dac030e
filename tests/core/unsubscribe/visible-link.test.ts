import { describe, expect, test } from "bun:test";
import { withLinkInHtml, withLinkInText } from "../../../core/unsubscribe/visible-link.ts";

const URL = "https://api.clinic.example/u/token";
const FOOTER = `\n<p style="font-size:small"><a href="${URL}" ses:no-track>Unsubscribe</a></p>\n`;

describe("HTML", () => {
  test.each([
    [
      "the placeholder, wherever it stands",
      '<a href="{{unsubscribe_url}}">{{ unsubscribe_url }}</a>',
      `<a href="${URL}">${URL}</a>`,
    ],
    ["a fragment", "<p>Hi</p>", `<p>Hi</p>${FOOTER}`],
    ["a document", "<html><body><p>Hi</p></body></html>", `<html><body><p>Hi</p>${FOOTER}</body></html>`],
    ["in capitals, with a blank", "<BODY>Hi</BODY >", `<BODY>Hi${FOOTER}</BODY >`],
    ["the last end tag", "<pre></body></pre></body>", `<pre></body></pre>${FOOTER}</body>`],
    ["no body, an end of the document", "Hi</html>", `Hi${FOOTER}</html>`],
    ["a word like it", "</bodyguard>", `</bodyguard>${FOOTER}`],
    ["nothing", "", FOOTER],
    ["what a replacement could take for a pattern", "$& {{unsubscribe_url}} $1", `$& ${URL} $1`],
  ])("%s", (_, html, expected) => {
    expect(withLinkInHtml(html, URL)).toBe(expected);
  });

  test("the link cannot leave its attribute", () => {
    expect(withLinkInHtml('<a href="{{unsubscribe_url}}">', `https://x/"><script>&'`)).toBe(
      '<a href="https://x/&quot;&gt;&lt;script&gt;&amp;&#39;">',
    );
  });

  test("a megabyte of end tags takes no time", () => {
    expect(withLinkInHtml("</body ".repeat(150_000), URL)).toEndWith(`${FOOTER}</body `);
  });
});

describe("text", () => {
  test.each([
    ["the placeholder", "Leave: {{unsubscribe_url}}.", `Leave: ${URL}.`],
    ["without one", "Hi\n", `Hi\n\nUnsubscribe: ${URL}\n`],
    ["made from HTML that has it", `Unsubscribe (${URL})`, `Unsubscribe (${URL})`],
    ["nothing", "", `\n\nUnsubscribe: ${URL}\n`],
  ])("%s", (_, text, expected) => {
    expect(withLinkInText(text, URL)).toBe(expected);
  });
});
