// What a matched rule does with a mail: lays it into a bucket, or puts it into a notification. SES: "Deliver to S3 bucket
// action", "Publish to SNS action". A Stop action with a topic tells of itself as well.
import { writeObject } from "../s3/objects.ts";
import type { HeaderField, ReceiptAction, ReceiptRule } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { publish } from "../sns/topics.ts";
import { type ReceivedFor, receivedBlock, writtenFields } from "./received-block.ts";
import { RECEIPT_SUBJECT, receivedNotification } from "./received-notification.ts";
import { scanHeader } from "./scan-message.ts";

/** SES: "the maximum email size (including headers) is 150 KB"; what is larger does not come that way. */
const SNS_CONTENT_OCTETS_MAX = 153_600;
const SETUP_NOTIFICATION = "AMAZON_SES_SETUP_NOTIFICATION";

/** The octets as they were sent, in pieces; the first holds the whole header. */
export type Pieces = readonly [Uint8Array<ArrayBuffer>, ...Uint8Array<ArrayBuffer>[]];

export function runActions(sandbox: Sandbox, rule: ReceiptRule, mail: ReceivedFor, pieces: Pieces): void {
  const block = receivedBlock(mail);
  const message = [writtenFields(block), ...pieces];
  const headers = [...block, ...scanHeader(pieces[0]).fields];
  for (const action of rule.actions) runAction(sandbox, action, mail, headers, message);
}

/** What SES does when a rule is made or changed: it tries whether it may write, and says so. */
export function probeRule(sandbox: Sandbox, rule: ReceiptRule): void {
  const text = "Subject: Amazon SES Setup Notification\r\n\r\nSES may write here.\r\n";
  const actions = rule.actions.filter(({ kind }) => kind === "S3Action");
  runActions(sandbox, { ...rule, actions }, setupMail(sandbox), [new TextEncoder().encode(text)]);
}

const setupMail = (sandbox: Sandbox): ReceivedFor => ({
  messageId: SETUP_NOTIFICATION,
  receivedAt: sandbox.clock(),
  envelopeFrom: "no-reply-aws@amazon.com",
  recipients: [],
  verdicts: { spam: "PASS", virus: "PASS", spf: "PASS", dkim: "PASS", dmarc: "PASS" },
});

function runAction(
  sandbox: Sandbox,
  action: ReceiptAction,
  mail: ReceivedFor,
  headers: readonly HeaderField[],
  message: readonly Uint8Array[],
): void {
  const { topicArn } = action;
  const tell = (shown: object, content?: string): void => {
    if (topicArn === null) return;
    const notification = receivedNotification(mail, headers, { ...shown, topicArn }, content);
    publish(sandbox, topicArn, notification, RECEIPT_SUBJECT);
  };
  switch (action.kind) {
    case "S3Action": {
      const { bucketName, objectKeyPrefix } = action;
      // SES puts the slash there when the prefix has none.
      const folder =
        objectKeyPrefix === "" || objectKeyPrefix.endsWith("/") ? objectKeyPrefix : `${objectKeyPrefix}/`;
      const objectKey = folder + mail.messageId;
      writeObject(sandbox, { bucket: bucketName, key: objectKey, pieces: message });
      return tell({ type: "S3", bucketName, objectKeyPrefix, objectKey });
    }
    case "SNSAction": {
      const octets = Buffer.concat(message);
      if (octets.length > SNS_CONTENT_OCTETS_MAX) return;
      const { encoding } = action;
      return tell({ type: "SNS", encoding }, octets.toString(encoding === "Base64" ? "base64" : "utf8"));
    }
    case "StopAction":
      return tell({ type: "Stop" });
  }
}
