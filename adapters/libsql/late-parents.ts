// Replies may be here before the mail they answer is known to be sent: then they wait for its message id. Part of the fold,
// which runs whenever that id may have become known; who joins whom is core's to decide, so all that is left is a task.
import { type SQL, sql } from "drizzle-orm";
import type { TaskKind } from "../../core/tasks/task.ts";
import { insertSelect } from "./columns.ts";
import { databaseNow } from "./database-clock.ts";
import { email } from "./schema/email.ts";
import { task } from "./schema/task.ts";
import { isAwaited } from "./thread-view.ts";

/** For the mails chosen by `which`, a condition on `email`. Nobody waits for most: then it costs one look into an index. */
export const joinWaiting = (which: SQL): SQL =>
  sql`${insertSelect(task, {
    kind: "join_thread" satisfies TaskKind,
    subjectId: email.id,
    runAt: databaseNow,
    attempts: 0,
    fence: databaseNow,
  })} FROM ${email} WHERE ${which} AND ${isAwaited} ON CONFLICT DO NOTHING`;
