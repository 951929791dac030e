// The background work, run at once and as if it were later: in the sandbox only, where nobody wants to wait for two weeks.
import { z } from "@hono/zod-openapi";
import { err, ok } from "../../core/result.ts";
import { TASK_KINDS } from "../../core/tasks/task.ts";
import { reviewTenants } from "../../core/setup/review-tenants.ts";
import { tick } from "../../core/tasks/tick.ts";
import { operation } from "../operation.ts";
import { Time } from "../wire.ts";

const Body = z
  .strictObject({
    now: z.iso.datetime({ offset: true }).optional().openapi({
      description: "Work as if it were so late; earlier than now counts as now.",
      example: "2026-01-16T03:04:05.678Z",
    }),
  })
  .openapi("Tick");

const TickAnswer = z
  .object({
    tasks: z.array(
      z.object({
        kind: z.enum(TASK_KINDS),
        subject_id: z.string(),
        outcome: z.enum(["done", "again", "failed"]),
        reason: z.string().nullable(),
      }),
    ),
    at: Time,
  })
  .openapi("TickAnswer");

export const tickOperation = operation({
  summary: "Run background work",
  description:
    "Runs one share of the tasks that are due, at most 20, and answers what was done. In the sandbox only: elsewhere the runtime's own cron does it.",
  tag: "Operator",
  method: "post",
  paths: [{ path: "/v1/operator/tick", operationId: "tick" }],
  permission: null,
  body: { schema: Body.optional(), example: { now: "2026-01-16T03:04:05.678Z" } },
  refusals: ["not_found"],
  answer: {
    status: 200,
    schema: TickAnswer,
    example: {
      tasks: [
        {
          kind: "check_setup",
          subject_id: "01920f3e-7c1a-7b2e-9d3c-000000000010",
          outcome: "again",
          reason: null,
        },
      ],
      at: "2026-01-16T03:04:05.678Z",
    },
  },
  handle: async ({ ports, body }) => {
    if (ports.settings.apiKeyMode !== "test") return err({ kind: "not_found" });
    const at = body?.now === undefined ? null : Date.parse(body.now);
    // Whoever ticks by hand wants to see what was paused a moment ago, whenever the next review is due.
    await reviewTenants(ports);
    const ticked = await tick(ports, { at });
    return ok({
      tasks: ticked.map(({ kind, subjectId, end }) => ({
        kind,
        subject_id: subjectId,
        outcome: end.kind,
        reason: end.kind === "failed" ? end.reason : null,
      })),
      at: new Date(Math.max(at ?? 0, ports.clock.now())).toISOString(),
    });
  },
});
