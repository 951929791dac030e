// Writing the little XML that the Query services and S3 answer with. Nothing is read as XML here.

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\r": "&#13;",
};

/** Text content: the five predefined entities, and carriage returns, which readers would fold. */
const xmlText = (text: string): string => text.replace(/[&<>"'\r]/g, (c) => ENTITIES[c] ?? c);

/** `<name>text</name>` with the text escaped. */
export const element = (name: string, text: string | number | boolean): string =>
  `<${name}>${xmlText(String(text))}</${name}>`;

/** The answer itself; `inner` is XML already. */
export const xmlResponse = (status: number, xml: string): Response =>
  new Response(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`, {
    status,
    headers: { "content-type": "text/xml; charset=UTF-8", "x-amzn-requestid": crypto.randomUUID() },
  });
