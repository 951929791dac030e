// The account's sending quota, as GetAccount tells it.
import type { MailProvider } from "../../core/ports/mail-provider.ts";
import { err, ok } from "../../core/result.ts";
import { asObject } from "../system/json.ts";
import { type SesCall, unreadable } from "./ses-call.ts";

export const accountCalls = (call: SesCall): Pick<MailProvider, "getSendQuota"> => ({
  async getSendQuota() {
    const answer = await call("GET", "/account");
    if (!answer.ok) return answer;
    const quota = asObject(answer.value.SendQuota);
    const { Max24HourSend: inDay, MaxSendRate: inSecond } = quota ?? {};
    if (typeof inDay !== "number" || typeof inSecond !== "number")
      return err(unreadable("an account without its quota"));
    return ok({ mailsIn24Hours: limitOf(inDay), mailsPerSecond: limitOf(inSecond) });
  },
});

/** SendQuota: -1 says that there is none. Numbers come as floats. */
const limitOf = (figure: number): number | null => (figure < 0 ? null : Math.floor(figure));
