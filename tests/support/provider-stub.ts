// The mail provider as a stub that answers at once, for where the sandbox's own work would be in the way: it takes every
// mail, keeps no object, and shows the certificate that sns-signer.ts signs for. Runs outside of tests as well.
import { SNS_CERTIFICATE } from "./sns-signer.ts";
import { accountSid, profileSid } from "./twilio-samples.ts";

const CERTIFICATE_PATH = `/sns/SimpleNotificationService-${"0".repeat(32)}.pem`;

/** Where the certificate is found on the stub at this address. */
export const stubCertificateUrl = (providerUrl: string): string => `${providerUrl}${CERTIFICATE_PATH}`;

/** Of the account with the first sample SID. */
export const STUB_AUTH_TOKEN = "0123456789abcdef0123456789abcdef";

/** The account's profile is approved, and it shows no number. */
function twilioAnswer(pathname: string): object | null {
  if (pathname === `/twilio/v1/CustomerProfiles/${profileSid(1)}`)
    return { sid: profileSid(1), account_sid: accountSid(1), status: "twilio-approved" };
  return pathname.endsWith("/IncomingPhoneNumbers.json") ? { incoming_phone_numbers: [] } : null;
}

/** Answers what a program asks of a sandbox: SendEmail is taken, no DNS name is there, one Twilio account, the hook is subscribed. */
export function makeProviderStub(): (request: Request) => Promise<Response> {
  let mails = 0;
  const endpoints: string[] = [];
  return async (request) => {
    const body = await request.arrayBuffer();
    const { pathname } = new URL(request.url);
    if (pathname === "/v2/email/outbound-emails")
      return Response.json({ MessageId: `0100-${String(++mails).padStart(12, "0")}` });
    if (pathname === "/v2/email/account")
      return Response.json({ SendQuota: { Max24HourSend: 10_000_000, MaxSendRate: 100_000 } });
    // RFC 1035 section 4.1.1: 3 is NXDOMAIN.
    if (pathname.startsWith("/dns-query")) return Response.json({ Status: 3 });
    if (pathname === CERTIFICATE_PATH) return new Response(SNS_CERTIFICATE);
    if (pathname === "/_sandbox/state")
      return Response.json({
        subscriptions: endpoints.map((endpoint) => ({ endpoint, is_confirmed: true })),
      });
    if (pathname.startsWith("/sns/")) {
      const endpoint = new URLSearchParams(new TextDecoder().decode(body)).get("Endpoint");
      if (endpoint !== null) endpoints.push(endpoint);
      return new Response("<Answer><TopicArn>arn:aws:sns:stub</TopicArn></Answer>");
    }
    const twilio = twilioAnswer(pathname);
    if (twilio) return Response.json(twilio);
    return new Response(null, { status: pathname.startsWith("/s3/") ? 200 : 404 });
  };
}
