// Hands messages to SES (SendEmail of SES v2). An attempt is repeated only after a proof that the one before
// was not taken: SES has no idempotency token, and a repeated time-out is a second mail to a patient.
import type { Clock } from "../../core/ports/clock.ts";
import type { MailProvider, ProviderResource } from "../../core/ports/mail-provider.ts";
import type { Mailer, MailRefusal, OutgoingMail, SendOutcome } from "../../core/ports/mailer.ts";
import type { SignedFetch } from "../aws/signed-fetch.ts";
import { type AwsSettings, endpointUrl } from "../aws/settings.ts";
import { resourcePath } from "./arn.ts";
import { readSendAnswer } from "./send-answer.ts";
import { type LargeBodySupport, renderSendBody } from "./send-request.ts";

/** What a caller waits for at most, all attempts together. */
const SEND_BUDGET_MS = 15_000;
/** No attempt begins with less than this left: cut short it would end as unknown, and it can still be refused cleanly. */
const ATTEMPT_BUDGET_MS_MIN = 3000;
/** SES answers with an id or an error; both are short. */
const ANSWER_BYTES_MAX = 64 * 1024;

/** SES counts its sending rate by the second: the waits reach one within four throttles. */
const THROTTLE_WAIT_MS = 200;
const THROTTLE_WAIT_MS_MAX = 2000;
const THROTTLED_RETRY_SECONDS = 5;
/** A fresh association may take a moment to be seen; if it is not seen after these, it is gone and must be made again. */
const ASSOCIATION_WAITS_MS = [200, 800];

export type SesMailerPorts = LargeBodySupport & {
  readonly signedFetch: SignedFetch;
  /** Makes lost associations again. */
  readonly mailProvider: Pick<MailProvider, "associate">;
  readonly clock: Clock;
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  /** From 0 (inclusive) to 1: spreads the retries of many requests. */
  readonly jitter: () => number;
};

export function makeSesMailer(ports: SesMailerPorts, settings: Pick<AwsSettings, "endpoints">): Mailer {
  const url = endpointUrl(settings.endpoints.sesV2, "/v2/email/outbound-emails");

  return {
    async send(mail) {
      const deadline = ports.clock.now() + SEND_BUDGET_MS;
      const bodyForAttempt = await renderSendBody(mail, ports);
      let throttles = 0;
      let strangers = 0;

      /** Waits if the budget allows for it and another attempt. */
      const pausedFor = async (ms: number): Promise<boolean> => {
        if (deadline - ports.clock.now() - ms < ATTEMPT_BUDGET_MS_MIN) return false;
        await ports.pause(ms);
        return true;
      };

      for (;;) {
        const reading = readSendAnswer(
          await ports.signedFetch.send({
            service: "ses",
            method: "POST",
            url,
            contentType: "application/json",
            body: bodyForAttempt(),
            timeoutMs: Math.min(
              SEND_BUDGET_MS,
              Math.max(deadline - ports.clock.now(), ATTEMPT_BUDGET_MS_MIN),
            ),
            answerBytesMax: ANSWER_BYTES_MAX,
          }),
        );
        switch (reading.kind) {
          case "throttled": {
            const wait = Math.min(THROTTLE_WAIT_MS * 2 ** throttles++, THROTTLE_WAIT_MS_MAX);
            if (await pausedFor(wait * (0.5 + ports.jitter() / 2))) continue;
            return refused({ kind: "provider_throttled", retryAfterSeconds: THROTTLED_RETRY_SECONDS });
          }
          case "not_associated": {
            const wait = ASSOCIATION_WAITS_MS[strangers++];
            if (wait !== undefined && (await pausedFor(wait))) continue;
            const mayMend = strangers === ASSOCIATION_WAITS_MS.length + 1;
            if (mayMend && (await associateAnew(ports, mail, reading.reason)) && (await pausedFor(0)))
              continue;
            return refused({ kind: "provider_misconfigured", reason: reading.reason });
          }
          default:
            return reading;
        }
      }
    },
  };
}

const refused = (refusal: MailRefusal): SendOutcome => ({ kind: "refused", refusal });

/** Makes the associations that SES says are missing. False when that is not possible. */
async function associateAnew(ports: SesMailerPorts, mail: OutgoingMail, reason: string): Promise<boolean> {
  const { tenantName, tenantArn } = mail;
  if (tenantArn === null) return false;
  const needed: ProviderResource[] = [
    { kind: "identity", domain: mail.domainIdentity },
    { kind: "configuration_set", name: mail.configurationSetName },
  ];
  // The refusal lists the ARNs; each of these calls costs a slot of the one a second that SES allows.
  const missing = needed.filter((resource) => reason.includes(resourcePath(resource)));
  for (const resource of missing.length > 0 ? missing : needed) {
    const made = await ports.mailProvider.associate({ tenantName, tenantArn }, resource);
    if (!made.ok && made.error.kind !== "already_exists") return false;
  }
  return true;
}
