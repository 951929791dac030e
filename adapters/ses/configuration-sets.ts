// Configuration sets: one an e-mail use case, with the destination its events go to.
import type { MailProvider } from "../../core/ports/mail-provider.ts";
import { ok } from "../../core/result.ts";
import type { SesCall } from "./ses-call.ts";
import { readSesTags, sesTags } from "./tags.ts";

/**
 * What goes beside the pool. SES replaces delivery options as a whole, so they travel together, here and whenever the
 * pool changes: a call that named the pool alone would reset the others.
 */
const DELIVERY_OPTIONS = {
  // Not REQUIRE: TLS is used wherever the other side offers it, and requiring it would bounce the mail of small
  // practices whose servers do not, a loss the sender did not choose.
  TlsPolicy: "OPTIONAL",
  // The longest SES allows, 14 h: a full or greylisting mailbox gets the working day to recover.
  MaxDeliverySeconds: 50_400,
} as const;

/** All that can happen to a mail. Not SUBSCRIPTION: it belongs to SES's contact lists, which we do not use. */
const EVENT_TYPES = [
  "SEND",
  "REJECT",
  "BOUNCE",
  "COMPLAINT",
  "DELIVERY",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
  "DELIVERY_DELAY",
];

const EVENT_DESTINATION_NAME = "events";

const deliveryOptions = (pool: string | null) => ({
  ...DELIVERY_OPTIONS,
  ...(pool === null ? {} : { SendingPoolName: pool }),
});

const setPath = (name: string): string => `/configuration-sets/${encodeURIComponent(name)}`;

export function configurationSetCalls(
  call: SesCall,
  eventTopicArn: string,
): Pick<
  MailProvider,
  | "createConfigurationSet"
  | "getConfigurationSet"
  | "setSendingPool"
  | "createEventDestination"
  | "deleteConfigurationSet"
> {
  return {
    async createConfigurationSet(name, pool, tags) {
      const answer = await call("POST", "/configuration-sets", {
        ConfigurationSetName: name,
        DeliveryOptions: deliveryOptions(pool),
        ReputationOptions: { ReputationMetricsEnabled: true },
        SendingOptions: { SendingEnabled: true },
        Tags: sesTags(tags),
        // No SuppressionOptions: they would override the tenant's own list.
      });
      return answer.ok ? ok(undefined) : answer;
    },

    async getConfigurationSet(name) {
      const answer = await call("GET", setPath(name));
      return answer.ok ? ok({ tags: readSesTags(answer.value.Tags) }) : answer;
    },

    async setSendingPool(configurationSetName, pool) {
      // PutConfigurationSetDeliveryOptions: what is left out is removed, so the pool never travels alone.
      const answer = await call(
        "PUT",
        `${setPath(configurationSetName)}/delivery-options`,
        deliveryOptions(pool),
      );
      return answer.ok ? ok(undefined) : answer;
    },

    async createEventDestination(configurationSetName) {
      const answer = await call("POST", `${setPath(configurationSetName)}/event-destinations`, {
        EventDestinationName: EVENT_DESTINATION_NAME,
        EventDestination: {
          Enabled: true,
          MatchingEventTypes: EVENT_TYPES,
          SnsDestination: { TopicArn: eventTopicArn },
        },
      });
      return answer.ok ? ok(undefined) : answer;
    },

    async deleteConfigurationSet(name) {
      const answer = await call("DELETE", setPath(name));
      return answer.ok ? ok(undefined) : answer;
    },
  };
}
