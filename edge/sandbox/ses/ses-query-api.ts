// The older SES service (Query protocol, 2010-12-01): of it Postrider uses what SES v2 does not have, the receipt rules.
import { topicArn } from "../arn.ts";
import { SANDBOX_INBOUND, SANDBOX_TOPIC_NAME } from "../endpoints.ts";
import type { QueryService } from "../query-api.ts";
import type { Sandbox } from "../sandbox.ts";
import { putTopic } from "../sns/topics.ts";
import { RECEIPT_RULE_ACTIONS, startReceiving } from "./receipt-rules.ts";

export const SES_QUERY: QueryService = {
  service: "ses",
  version: "2010-12-01",
  namespace: "http://ses.amazonaws.com/doc/2010-12-01/",
  actions: RECEIPT_RULE_ACTIONS,
  linkActions: {},
};

/** So that a newcomer's mail arrives at once: one rule for every verified domain, and the topic that it tells. */
export function receiveFromTheStart(sandbox: Sandbox): void {
  const arn = topicArn(SANDBOX_TOPIC_NAME);
  putTopic(sandbox, arn, {});
  startReceiving(sandbox, {
    name: "catch-all",
    enabled: true,
    scanEnabled: true,
    tlsPolicy: "Optional",
    recipients: [],
    actions: [
      {
        kind: "S3Action",
        bucketName: SANDBOX_INBOUND.bucket,
        objectKeyPrefix: `${SANDBOX_INBOUND.prefix}/`,
        topicArn: arn,
      },
    ],
  });
}
