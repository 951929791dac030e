// The inner part of each event, with what SES would say of an ordinary case. SES: "Contents of event data". The control
// path lays the members it was given over these.
import { randomBytes } from "node:crypto";

import type { EventBody } from "./events.ts";

const REPORTING_MTA = "a8-1.smtp-out.amazonses.com";
const USER_AGENT =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15";
/** 14 hours: SES gives up after that unless told otherwise. */
const DELIVERY_MS_MAX = 50_400_000;

export type EventMoment = {
  readonly recipient: string;
  readonly acceptedAt: number;
  readonly at: number;
};

const iso = (ms: number): string => new Date(ms).toISOString();
/** As SES's look: hex groups and six zeros. */
const feedbackId = (): string => `0100${randomBytes(18).toString("hex")}-000000`;

export const deliveryBody = ({ recipient, acceptedAt, at }: EventMoment): EventBody => ({
  timestamp: iso(at),
  processingTimeMillis: Math.max(1, at - acceptedAt),
  recipients: [recipient],
  smtpResponse: "250 2.0.0 OK",
  remoteMtaIp: "127.0.0.1",
  reportingMTA: REPORTING_MTA,
});

export const bounceBody = (
  { recipient, at }: EventMoment,
  bounceType: "Permanent" | "Transient",
  bounceSubType: string,
): EventBody => ({
  feedbackId: feedbackId(),
  bounceType,
  bounceSubType,
  bouncedRecipients: [{ emailAddress: recipient, ...diagnosis(bounceType, bounceSubType) }],
  timestamp: iso(at),
  reportingMTA: `dns; ${REPORTING_MTA}`,
});

function diagnosis(bounceType: string, bounceSubType: string): object {
  if (/suppress/i.test(bounceSubType)) {
    const where = `Amazon SES did not send the message to this address: it is suppressed (${bounceSubType})`;
    return { action: "failed", status: "5.1.1", diagnosticCode: where };
  }
  // An automatic answer comes back without a diagnosis.
  if (bounceType === "Transient") return {};
  return { action: "failed", status: "5.1.1", diagnosticCode: "smtp; 550 5.1.1 user unknown" };
}

export const complaintBody = ({ recipient, at }: EventMoment): EventBody => ({
  feedbackId: feedbackId(),
  complaintSubType: null,
  complainedRecipients: [{ emailAddress: recipient }],
  timestamp: iso(at),
  userAgent: "Amazon SES Mailbox Simulator",
  complaintFeedbackType: "abuse",
  arrivalDate: iso(at),
});

export const rejectBody = (): EventBody => ({ reason: "Bad content" });

export const openBody = ({ at }: EventMoment): EventBody => ({
  timestamp: iso(at),
  userAgent: USER_AGENT,
  ipAddress: "127.0.0.1",
});

export const clickBody = (moment: EventMoment): EventBody => ({
  ...openBody(moment),
  link: "https://example.com/",
  linkTags: null,
});

export const deliveryDelayBody = ({ recipient, acceptedAt, at }: EventMoment): EventBody => ({
  timestamp: iso(at),
  delayType: "TransientCommunicationFailure",
  expirationTime: iso(acceptedAt + DELIVERY_MS_MAX),
  reportingMTA: REPORTING_MTA,
  delayedRecipients: [
    {
      emailAddress: recipient,
      status: "4.4.1",
      diagnosticCode: "smtp; 421 4.4.1 Unable to connect to remote host",
    },
  ],
});

export const renderingFailureBody = (): EventBody => ({
  templateName: "none",
  errorMessage: "Attribute 'name' is not present in the rendering data.",
});
