// Who a send is from and to. SES: "SendEmail", FromEmailAddress and Destination: they are the SMTP envelope; without
// them the message's own fields are read.
import { type Address, addressParser } from "postal-mime";

import { badRequest } from "./ses-operation.ts";
import { fieldValue, type ScannedMessage } from "./scan-message.ts";

/** SES: 50 recipients a message. */
const RECIPIENTS_MAX = 50;
/** RFC 5321 section 4.5.3.1: local part 64 octets, domain 255. */
const ADDRESS =
  /^[\x21-\x7e]{1,64}@(?=.{1,255}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i;

export type Envelope = { readonly from: string; readonly recipients: readonly string[] };

export type EnvelopeGiven = {
  readonly FromEmailAddress?: string | undefined;
  readonly Destination?: Destination | undefined;
};
type Destination = {
  readonly ToAddresses?: readonly string[] | undefined;
  readonly CcAddresses?: readonly string[] | undefined;
  readonly BccAddresses?: readonly string[] | undefined;
};

/** Bare addresses; throws what SES answers to bad ones. */
export function readEnvelope(given: EnvelopeGiven, message: ScannedMessage): Envelope {
  const from = bareAddresses(given.FromEmailAddress ?? fieldValue(message.fields, "from") ?? "")[0];
  if (from === undefined || !ADDRESS.test(from)) throw badRequest("Missing final '@domain'");
  const written =
    given.Destination === undefined ? addressedInFields(message) : addressedIn(given.Destination);
  const recipients = [...new Set(written.flatMap(bareAddresses))];
  const bad = recipients.find((address) => !ADDRESS.test(address));
  if (bad !== undefined) throw badRequest(`Invalid address: ${bad}`);
  if (recipients.length === 0) throw badRequest("Destination list is empty.");
  if (recipients.length > RECIPIENTS_MAX) throw badRequest("Recipient count exceeds 50.");
  return { from, recipients };
}

const addressedIn = (destination: Destination): readonly string[] => [
  ...(destination.ToAddresses ?? []),
  ...(destination.CcAddresses ?? []),
  ...(destination.BccAddresses ?? []),
];

const addressedInFields = (message: ScannedMessage): readonly string[] =>
  ["to", "cc", "bcc"].map((name) => fieldValue(message.fields, name) ?? "");

const bareAddresses = (text: string): readonly string[] => addressParser(text).flatMap(flatAddress);

const flatAddress = (address: Address): readonly string[] => {
  if (address.group !== undefined) return address.group.flatMap(flatAddress);
  return [address.address === "" ? address.name : address.address];
};
