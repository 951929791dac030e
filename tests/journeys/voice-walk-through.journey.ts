// A newcomer's way through voice: nothing is prepared at Twilio but the customer profile. The account, its token and the
// number are what the newcomer writes, because the sandbox has none of its own yet.
import assert from "node:assert/strict";
import { assignNumber, createTwilioSetup, createVoiceUseCase, newNumberSid } from "../support/voice.ts";
import type { Journey } from "../support/world.ts";

const sidOf = (prefix: string): string => `${prefix}${crypto.randomUUID().replaceAll("-", "")}`;

export const journeys: readonly Journey[] = [
  {
    name: "from an approved profile to a call that is answered, and back to nothing",
    async run(world) {
      const { sandbox } = world;
      const workspace = await world.newWorkspace();
      const profileSid = sidOf("BU");
      await sandbox.setCustomerProfile(profileSid, { status: "twilio-approved" });
      const accountSid = sidOf("AC");
      const body = {
        friendly_name: "Clinic North",
        account_sid: accountSid,
        auth_token: "what-a-newcomer-writes",
        customer_profile_sid: profileSid,
      };
      const setup = await createTwilioSetup(workspace, { body });
      const useCase = await createVoiceUseCase(workspace, setup);
      const numberSid = newNumberSid();
      const number = await assignNumber(workspace, useCase, numberSid);

      const { webhooks } = await sandbox.callPhoneNumber(numberSid);
      assert.deepEqual(
        webhooks.map(({ kind, status }) => [kind, status]),
        [
          ["voice", 200],
          ["status", 200],
        ],
      );
      const { twilio } = await sandbox.state();
      assert.deepEqual(
        twilio.customer_profiles.find(({ sid }) => sid === profileSid),
        { sid: profileSid, account_sid: accountSid, status: "twilio-approved" },
      );

      for (const path of [
        `/v1/use-case/${useCase.id}/phone-number/${number.id}`,
        `/v1/use-case/${useCase.id}`,
        `/v1/twilio-setup/${setup.id}`,
      ])
        assert.equal((await workspace.api.call("DELETE", path)).status, 204, path);
      assert.deepEqual((await sandbox.callPhoneNumber(numberSid)).webhooks, []);
    },
  },
];
