import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { fingerprintOf, type FingerprintedRequest } from "../../edge/idempotency-fingerprint.ts";

const send: FingerprintedRequest = {
  operation: "sendEmail",
  path: "/v1/w/email/send",
  fields: [
    ["to_address", "a@b.example"],
    ["subject", "Hello"],
  ],
  files: [
    { name: "a.pdf", type: "application/pdf", sha256: "11" },
    { name: "b.pdf", type: "application/pdf", sha256: "22" },
  ],
};

describe("another request has another fingerprint", () => {
  const file = { name: "a.pdf", type: "application/pdf", sha256: "11" };
  const rows: [name: string, other: FingerprintedRequest][] = [
    ["operation", { ...send, operation: "other" }],
    ["path", { ...send, path: "/v1/x/email/send" }],
    [
      "a value",
      {
        ...send,
        fields: [
          ["to_address", "c@b.example"],
          ["subject", "Hello"],
        ],
      },
    ],
    [
      "the order of fields",
      {
        ...send,
        fields: [
          ["subject", "Hello"],
          ["to_address", "a@b.example"],
        ],
      },
    ],
    [
      "a field moved into its neighbour",
      { ...send, fields: [["to_address", 'a@b.example"],["subject'], ["Hello"]] },
    ],
    ["a file less", { ...send, files: [file] }],
    ["no files", { ...send, files: [] }],
    ["the order of files", { ...send, files: (send.files ?? []).toReversed() }],
    ["a file's name", { ...send, files: [{ ...file, name: "c.pdf" }] }],
    ["a file's type", { ...send, files: [{ ...file, type: "text/plain" }] }],
    ["a file's content", { ...send, files: [{ ...file, sha256: "33" }] }],
  ];
  test("and all of them differ from one another", async () => {
    const all = await Promise.all([send, ...rows.map(([, other]) => other)].map(fingerprintOf));
    expect(new Set(all).size).toBe(all.length);
    expect(all[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

test("JSON bodies: neither key order nor white space nor escapes matter, at any depth", async () => {
  const of = (json: string): Promise<string> =>
    fingerprintOf({ operation: "createSetup", path: "/v1/ses-setup", fields: JSON.parse(json) });
  const first = await of('{"a":1,"b":{"c":[{"x":1,"y":2}],"d":"é"},"10":0,"9":0}');
  expect(await of('{ "9": 0, "b":{"d":"\\u00e9","c":[{"y":2,"x":1.0}]}, "10":0, "a":1 }')).toBe(first);
  expect(await of('{"a":1,"b":{"c":[{"x":1,"y":3}],"d":"é"},"10":0,"9":0}')).not.toBe(first);
});

test("JSON bodies: lists keep their order", async () => {
  const of = (fields: unknown): Promise<string> => fingerprintOf({ operation: "o", path: "/", fields });
  expect(await of({ permissions: ["a", "b"] })).not.toBe(await of({ permissions: ["b", "a"] }));
});

test("equal values have equal fingerprints, whatever order their keys were written in", async () => {
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([name, member]) => [name, reversed(member)]),
          )
        : value;
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (fields) => {
      const of = (value: unknown): Promise<string> =>
        fingerprintOf({ operation: "o", path: "/", fields: value });
      expect(await of(reversed(fields))).toBe(await of(fields));
    }),
  );
});
