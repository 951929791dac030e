import { describe, expect, test } from "bun:test";
import { readJsonError, readXmlError } from "../../../adapters/aws/error.ts";

const answer = (status: number, body: string, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
  body: new TextEncoder().encode(body),
});

describe("errors of rest-json services", () => {
  const rows: readonly (readonly [string, string, Record<string, string>, string | null, string])[] = [
    ["header", `{"message":"m"}`, { "x-amzn-ErrorType": "NotFoundException" }, "NotFoundException", "m"],
    ["header in any case", "{}", { "X-AMZN-ERRORTYPE": "MessageRejected" }, "MessageRejected", ""],
    [
      "URI after a colon",
      "{}",
      { "x-amzn-errortype": "BadRequestException:http://x.y/" },
      "BadRequestException",
      "",
    ],
    ["namespace", `{"__type":"com.amazonaws.ses#AlreadyExistsException"}`, {}, "AlreadyExistsException", ""],
    ["more after a comma", "{}", { "x-amzn-errortype": "A,B" }, "A", ""],
    ["code before __type", `{"code":"A","__type":"B"}`, {}, "A", ""],
    ["header before body", `{"code":"A"}`, { "x-amzn-errortype": "H" }, "H", ""],
    ["capital Message", `{"Message":"Tenant not associated"}`, {}, null, "Tenant not associated"],
    ["null message", `{"message":null}`, { "x-amzn-errortype": "A" }, "A", ""],
    ["no body", "", {}, null, ""],
    ["a proxy's page", "<html>403</html>", {}, null, ""],
    ["a list", "[1]", {}, null, ""],
    ["a type that is none", `{"__type":"<script>"}`, {}, null, ""],
    ["line breaks in the message", `{"message":"a\\r\\nb\\u0000c"}`, {}, null, "a b c"],
  ];
  test.each(rows)("%s", (_, body, headers, type, message) => {
    expect(readJsonError(answer(400, body, headers))).toEqual({ status: 400, type, message });
  });

  test("a message is cut", () => {
    expect(readJsonError(answer(400, JSON.stringify({ message: "x".repeat(9999) }))).message).toHaveLength(
      500,
    );
  });
});

describe("errors in XML", () => {
  const rows = [
    [
      "SNS",
      "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>a &lt;b&gt; &amp;lt;</Message></Error></ErrorResponse>",
      { status: 403, type: "InvalidParameter", message: "a <b> &lt;" },
    ],
    [
      "S3",
      `<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>gone</Message></Error>`,
      { status: 403, type: "NoSuchKey", message: "gone" },
    ],
    ["none, as for HEAD", "", { status: 403, type: null, message: "" }],
    ["an element that does not end", "<Code>x", { status: 403, type: null, message: "" }],
  ] as const;
  test.each(rows)("%s", (_, body, error) => {
    expect(readXmlError(answer(403, body))).toEqual(error);
  });
});
