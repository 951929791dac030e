// A workspace with one of everything, and the ids that every operation can be called with there.
import { receive } from "../support/inbound-mail.ts";
import type { MailSender } from "../support/mail-sender.ts";
import { multipart, octetsOf, part } from "../support/mime-message.ts";
import { newVoiceLine, type VoiceLine } from "../support/voice.ts";
import type { Workspace } from "../support/world.ts";
import type { Target } from "./operations.ts";

export type Inhabited = {
  readonly sender: MailSender;
  readonly line: VoiceLine;
  readonly target: Target;
};

/** Puts one of everything into a workspace: a mail sent and its reply, both with a file, and a voice line beside them. */
export async function inhabit(workspace: Workspace): Promise<Inhabited> {
  const sender = await workspace.sender();
  const file = { name: "letter.txt", type: "text/plain", octets: new TextEncoder().encode("confidential") };
  const to = sender.newRecipient();
  const sent = await sender.send({ to_address: to, attachments: [file] });
  await sender.emailIn(sent.id, "delivered");
  const { id: inboundId, thread_id: threadId } = await receive(sender, replyWithFile(to, sent.message_id));
  await workspace.world.sandbox.settled();
  const line = await newVoiceLine(workspace);
  const target: Target = {
    workspaceId: workspace.id,
    setupId: sender.setup.id,
    useCaseId: sender.useCase.id,
    emailId: sent.id,
    inboundId,
    threadId,
    filename: file.name,
    keyId: workspace.keyId,
    domain: sender.setup.domain_identity,
    twilioSetupId: line.setup.id,
    voiceUseCaseId: line.useCase.id,
    phoneNumberId: line.number.id,
    authToken: line.account.authToken,
    numberSid: line.number.phone_number_sid,
  };
  return { sender, line, target };
}

const replyWithFile = (from: string, messageId: string): Uint8Array<ArrayBuffer> =>
  octetsOf(
    multipart(
      "mixed",
      {
        From: from,
        Subject: "Re: Your appointment",
        "In-Reply-To": `<${messageId}@email.amazonses.com>`,
      },
      [
        part("text/plain", "I will be there, confidentially."),
        part("text/plain", "confidential", ["Content-Disposition: attachment; filename=letter.txt"]),
      ],
    ),
  );
