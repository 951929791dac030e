import { z } from "@hono/zod-openapi";
import { readThread } from "../../core/inbound/read-inbound.ts";
import { ok } from "../../core/result.ts";
import { inWorkspace, operation } from "../operation.ts";
import { keysetEnd, keysetQuery, keysetTokens, toKeysetEnd } from "../pagination.ts";
import { Id } from "../wire.ts";
import { threadExample } from "./examples.ts";
import { ThreadMessageBody, toThreadMessageBody } from "./wire.ts";

const Query = z.strictObject(keysetQuery);

const Thread = z
  .object({
    thread_id: Id.openapi({
      description: "Another than asked for when the thread became part of an older one.",
    }),
    messages: z.array(ThreadMessageBody),
    ...keysetEnd,
  })
  .openapi("Thread");

export const getThreadOperation = operation({
  summary: "Get a thread",
  description: "What was sent and received in it, oldest first. The id of any of its messages names it.",
  tag: "Inbound e-mails",
  method: "get",
  paths: [{ path: "/v1/{workspace_id}/email/thread/{thread_id}", operationId: "getThread" }],
  permission: "Channel.view",
  ids: { thread_id: "thread_not_found" },
  query: Query,
  refusals: ["thread_not_found", "continuation_token_invalid"],
  answer: {
    status: 200,
    schema: Thread,
    example: {
      thread_id: threadExample[0]?.id ?? "",
      messages: threadExample,
      has_more: false,
      continuation_token: null,
    },
  },
  handle: async ({ ports, ids, query: { limit, continuation_token: token }, ...input }) => {
    const asked = { workspaceId: inWorkspace(input), threadId: ids.thread_id };
    const tokens = keysetTokens(ports.signer, "getThread", asked);
    const after = await tokens.read(token);
    if (!after.ok) return after;
    const thread = await readThread(ports, asked, { after: after.value, limit });
    if (!thread.ok) return thread;
    const { threadId, page } = thread.value;
    const now = ports.clock.now();
    return ok({
      thread_id: threadId,
      messages: page.items.map((message) => toThreadMessageBody(message, now)),
      ...(await toKeysetEnd(page, tokens)),
    });
  },
});
