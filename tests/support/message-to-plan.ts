// A message to plan, small and plain; tests change what they are about.
import type { MessageToPlan } from "../../core/message/plan-message.ts";

export const SEED = "0123456789abcdef01234567";

export const messageToPlan = (change: Partial<MessageToPlan> = {}): MessageToPlan => ({
  from: { displayName: "Clinic", address: "hi@mail.example.com" },
  to: "ann@example.org",
  subject: "Your appointment",
  date: 1_700_000_000_000,
  messageId: "0190@mail.example.com",
  bodyHtml: "<p>Hello</p>",
  bodyText: "Hello",
  attachments: [],
  headers: [],
  boundarySeed: SEED,
  ...change,
});
