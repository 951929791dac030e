import { describe, expect, test } from "bun:test";
import { encodeBase64 } from "../../../adapters/mime/base64.ts";
import { RENDER_CHUNK_BYTES, renderMessage, renderToOctets } from "../../../adapters/mime/render.ts";
import { ATTACHMENT_BYTES_MAX, MESSAGE_BYTES_MAX } from "../../../core/email/attachment.ts";
import { type MessageToPlan, planMessage } from "../../../core/message/plan-message.ts";
import { makePlan, type MessagePlan } from "../../../core/message/plan.ts";
import { messageToPlan } from "../../support/message-to-plan.ts";

const file = (length: number): MessageToPlan["attachments"][number] => ({
  filename: `${length}.bin`,
  contentType: "application/octet-stream",
  octets: new Uint8Array(length).fill(length % 251),
});

const PLANS: readonly [name: string, plan: MessagePlan][] = [
  ["text alone", planMessage(messageToPlan())],
  [
    "files around the ends of lines and chunks",
    planMessage(messageToPlan({ attachments: [1, 57, 29_184, 29_185, 70_000].map(file) })),
  ],
  ["an empty file", planMessage(messageToPlan({ attachments: [file(0)] }))],
  ["text longer than a chunk", planMessage(messageToPlan({ bodyHtml: "a=b\n".repeat(50_000) }))],
  [
    "a body in base64",
    planMessage(messageToPlan({ bodyHtml: "日本語\n".repeat(20_000), bodyText: "日本語" })),
  ],
  ["nothing at all", makePlan([])],
];

describe.each(PLANS)("%s", (_name, plan) => {
  test("is as long as planned, in one piece and in chunks", () => {
    const chunks = Array.from(renderMessage(plan), (chunk) => chunk.slice());
    const whole = renderToOctets(plan);
    expect(whole.length).toBe(plan.sizeBytes);
    expect(Buffer.concat(chunks).equals(whole)).toBe(true);
    for (const { length } of chunks) expect(length).toBeLessThanOrEqual(RENDER_CHUNK_BYTES);
  });
});

test("the largest message goes through in small chunks, twice encoded, within the limit", () => {
  const octets = new Uint8Array(ATTACHMENT_BYTES_MAX).map((_, index) => (index * 31) ^ (index >> 8));
  const attachments = [1, 2, 3, 4, 5].map((n) => ({
    filename: `${n}.pdf`,
    contentType: "application/pdf",
    octets,
  }));
  const plan = planMessage(messageToPlan({ bodyHtml: "<b>é</b>".repeat(131_072), attachments }));
  expect(plan.sizeBytes).toBeLessThanOrEqual(MESSAGE_BYTES_MAX);
  let rendered = 0;
  const counted = function* (): Generator<Uint8Array> {
    for (const chunk of renderMessage(plan)) {
      rendered += chunk.length;
      yield chunk;
    }
  };
  let encoded = 0;
  let largest = 0;
  for (const { length } of encodeBase64(counted())) {
    encoded += length;
    largest = Math.max(largest, length);
  }
  expect(rendered).toBe(plan.sizeBytes);
  expect(encoded).toBe(Math.ceil(plan.sizeBytes / 3) * 4);
  expect(largest).toBeLessThanOrEqual((RENDER_CHUNK_BYTES / 3) * 4 + 4);
});
