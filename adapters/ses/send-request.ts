// The body of one SendEmail: JSON around the message in base64. Small messages are rendered once. Large ones
// never exist as a whole: they are rendered once for their hash, which SigV4 wants first, and again as they are sent.
import type { OutgoingMail } from "../../core/ports/mailer.ts";
import type { AwsRequest } from "../aws/signed-fetch.ts";
import { base64Length, encodeBase64, toBase64 } from "../mime/base64.ts";
import { renderMessage, renderToOctets } from "../mime/render.ts";
import type { ChunkDigest } from "../system/chunk-digest.ts";
import type { KnownLengthBody } from "../system/known-length-body.ts";

const encoder = new TextEncoder();

/** How a large body is hashed and sent on this runtime. */
export type LargeBodySupport = {
  readonly chunkDigest: ChunkDigest;
  readonly knownLengthBody: KnownLengthBody;
};

/** Above this a second rendering costs less than the memory for a whole one; far above any mail without files. */
const RENDERED_WHOLE_BYTES_MAX = 256 * 1024;

/** Answers a function that gives the body anew for each attempt: a stream can be sent only once. */
export async function renderSendBody(
  mail: OutgoingMail,
  support: LargeBodySupport,
): Promise<() => NonNullable<AwsRequest["body"]>> {
  const head = `{"Content":{"Raw":{"Data":"`;
  const tail = `"}},${JSON.stringify(parametersOf(mail)).slice(1)}`;
  if (mail.message.sizeBytes <= RENDERED_WHOLE_BYTES_MAX) {
    const whole = `${head}${toBase64(renderToOctets(mail.message))}${tail}`;
    return () => whole;
  }
  const first = encoder.encode(head);
  const last = encoder.encode(tail);
  const chunks = function* (): Generator<Uint8Array<ArrayBuffer>> {
    yield first;
    yield* encodeBase64(renderMessage(mail.message));
    yield last;
  };
  const sizeBytes = first.length + base64Length(mail.message.sizeBytes) + last.length;
  const sha256Hex = await support.chunkDigest(chunks());
  return () => ({ sha256Hex, init: support.knownLengthBody(chunks(), sizeBytes) });
}

/** Always as parameters of the call, never as headers of the message, which hold what callers write. */
const parametersOf = (mail: OutgoingMail) => ({
  TenantName: mail.tenantName,
  ConfigurationSetName: mail.configurationSetName,
  FromEmailAddress: mail.fromAddress,
  Destination: { ToAddresses: [mail.toAddress] },
  // Values match [A-Za-z0-9_-] because ids do. They name the mail in every event, also when our call timed out.
  EmailTags: [
    { Name: "email_id", Value: mail.emailId },
    { Name: "workspace_id", Value: mail.workspaceId },
    { Name: "use_case_id", Value: mail.useCaseId },
  ],
});
