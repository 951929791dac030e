// What Twilio told our hooks about calls, once each: the unique index knows what was told before. Only the
// newest of each number stay.
import { sql } from "drizzle-orm";
import type { Id } from "../../core/ids.ts";
import {
  type RecordedWebhook,
  type VoiceWebhookStore,
  WEBHOOKS_KEPT,
} from "../../core/ports/voice-webhooks.ts";
import { insertSelect } from "./columns.ts";
import type { Database } from "./database.ts";
import { workspace } from "./schema/access.ts";
import { useCase } from "./schema/channel.ts";
import { phoneNumber, voiceWebhook } from "./schema/phone-number.ts";
import { twilioSetup } from "./schema/twilio-setup.ts";
import { prepare } from "./statement.ts";
import { twilioSetupColumns } from "./twilio-setup-store.ts";

const ofUseCase = sql`${useCase.id} = ${sql.placeholder("useCaseId")} AND ${useCase.deletedAt} IS NULL`;
const selectAccount = prepare<{ useCaseId: Id }>(
  sql`SELECT ${twilioSetupColumns.list} FROM ${useCase}
    CROSS JOIN ${twilioSetup} ON ${twilioSetup.seq} = ${useCase.twilioSetupSeq}
    CROSS JOIN ${workspace} ON ${workspace.seq} = ${twilioSetup.workspaceSeq} WHERE ${ofUseCase}`,
);

type RecordArgs = Omit<RecordedWebhook, "parameters"> & { readonly parameters: string };
const serving = sql`FROM ${useCase} CROSS JOIN ${phoneNumber} ON ${phoneNumber.useCaseSeq} = ${useCase.seq}
  AND ${phoneNumber.releasedAt} IS NULL AND ${phoneNumber.phoneNumber} = ${sql.placeholder("phoneNumber")}
  WHERE ${ofUseCase}`;
const insert = prepare<RecordArgs>(
  sql`${insertSelect(voiceWebhook, {
    id: sql.placeholder("id"),
    phoneNumberSeq: phoneNumber.seq,
    kind: sql.placeholder("kind"),
    callSid: sql.placeholder("callSid"),
    callStatus: sql.placeholder("callStatus"),
    sequence: sql.placeholder("sequence"),
    parameters: sql.placeholder("parameters"),
    receivedAt: sql.placeholder("receivedAt"),
  })} ${serving} ON CONFLICT DO NOTHING`,
);
/** One goes as one comes. */
const prune = prepare<RecordArgs>(
  sql`DELETE FROM ${voiceWebhook} WHERE ${voiceWebhook.seq} = (
    SELECT ${voiceWebhook.seq} FROM ${voiceWebhook}
    WHERE ${voiceWebhook.phoneNumberSeq} = (SELECT ${phoneNumber.seq} ${serving} LIMIT 1)
    ORDER BY ${voiceWebhook.receivedAt} DESC LIMIT 1 OFFSET ${sql.raw(String(WEBHOOKS_KEPT))})`,
);
const selectServing = prepare<RecordArgs>(sql`SELECT 1 ${serving}`);

export function makeVoiceWebhookStore(database: Database): VoiceWebhookStore {
  return {
    async findAccount(useCaseId) {
      const [rows] = await database.read([selectAccount({ useCaseId })]);
      return rows?.[0] === undefined ? null : twilioSetupColumns.read(rows[0]);
    },
    record(webhook) {
      const args = { ...webhook, parameters: JSON.stringify(webhook.parameters) };
      return database.write({
        statements: [insert(args), prune(args), selectServing(args)],
        outcome: ([, , rows]) => rows?.[0] !== undefined,
      });
    },
  };
}
