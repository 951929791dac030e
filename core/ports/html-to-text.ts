/** The readable text of an HTML document, for the text/plain alternative. Bounded in time and depth; never throws. */
export type HtmlToText = { convert(html: string): string };
