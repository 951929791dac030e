// The MailProvider at Amazon SES v2: tenants, identities and configuration sets, each method one signed call.
// Nothing is repeated and nothing is paced here: SES takes one such call a second, and who may make it is decided above.
import type { MailProvider } from "../../core/ports/mail-provider.ts";
import type { AwsSettings } from "../aws/settings.ts";
import type { SignedFetch } from "../aws/signed-fetch.ts";
import { accountCalls } from "./account.ts";
import { configurationSetCalls } from "./configuration-sets.ts";
import { identityCalls } from "./identities.ts";
import { makeSesCall } from "./ses-call.ts";
import { makeSesSuppressionList } from "./suppression-list.ts";
import { tenantCalls } from "./tenants.ts";

export type SesMailProviderSettings = Pick<AwsSettings, "region" | "endpoints"> & {
  /** The SNS topic, in the same region, that events are published to. */
  readonly eventTopicArn: string;
};

export function makeSesMailProvider(
  signedFetch: SignedFetch,
  settings: SesMailProviderSettings,
): MailProvider {
  const call = makeSesCall(signedFetch, settings.endpoints.sesV2);
  const suppressionList = makeSesSuppressionList(call);
  return {
    ...tenantCalls(call),
    ...identityCalls(call, settings.region),
    ...configurationSetCalls(call, settings.eventTopicArn),
    ...accountCalls(call),
    suppress: suppressionList.put,
    unsuppress: suppressionList.remove,
  };
}
