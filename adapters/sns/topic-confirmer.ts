// Confirms our subscription with a call of our own. The SubscribeURL in the message is never fetched: it is whatever its
// sender wrote (CVE-2019-6715 and its kin).
import type { TopicConfirmer } from "../../core/ports/topic-confirmer.ts";
import { err, ok } from "../../core/result.ts";
import type { AwsSettings } from "../aws/settings.ts";
import type { SignedFetch } from "../aws/signed-fetch.ts";
import { callSns } from "./query-call.ts";

export function makeSnsTopicConfirmer(
  signedFetch: SignedFetch,
  settings: Pick<AwsSettings, "endpoints">,
): TopicConfirmer {
  return {
    async confirm(topicArn, token) {
      const answer = await callSns(signedFetch, settings.endpoints.sns, "ConfirmSubscription", {
        TopicArn: topicArn,
        Token: token,
        // Else whoever sees the UnsubscribeURL of one notification could end the subscription.
        AuthenticateOnUnsubscribe: "true",
      });
      if (answer.ok) return ok(undefined);
      return err({ kind: "confirmation_refused", reason: `${answer.error.type}: ${answer.error.message}` });
    },
  };
}
