// A domain that another workspace has let go of, while its DKIM records still stand in DNS: SES gives the same domain the
// same keys again, so whoever claimed it next would be verified by the former owner's records. It has to be seen that all
// of them are gone or changed. The workspace that had it may come back at once.
import type { Id } from "../ids.ts";
import { allAnswered, answersTo, type DnsObservation, valuesOf } from "./dns-lookups.ts";
import { deriveDnsRecords, type DnsRecord } from "./dns-records.ts";
import { normaliseHost } from "./mx.ts";
import type { SesSetup } from "./ses-setup.ts";

/** Whether the domain's last holder, whose tombstone this is, must be seen to have left it before `workspaceId` has it. */
export const mustHaveLeft = (released: SesSetup | null, workspaceId: Id): released is SesSetup =>
  released !== null && released.workspaceId !== workspaceId;

/** The records that show whether a former holder's DKIM keys still stand. */
export const dkimRecords = ({ dkim, ...setup }: SesSetup): readonly DnsRecord[] =>
  dkim === null ? [] : deriveDnsRecords({ ...setup, dkim }).filter(({ kind }) => kind === "dkim");

/** One of them is still there, even beside others, or not every resolver could say that it is not. */
export const stillStands = (records: readonly DnsRecord[], observed: readonly DnsObservation[]): boolean =>
  records.some(({ address, type, record }) => {
    const answers = answersTo({ name: address, type }, observed) ?? [];
    const isOurs = (value: string): boolean => normaliseHost(value) === normaliseHost(record);
    return !allAnswered(answers) || answers.some((answer) => valuesOf(answer).some(isOurs));
  });
