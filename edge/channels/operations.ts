import type { Operation } from "../operation.ts";
import { assignPhoneNumberOperation } from "./assign-phone-number.ts";
import { createSetupOperation } from "./create-setup.ts";
import { createTwilioSetupOperation } from "./create-twilio-setup.ts";
import { createUseCaseOperation } from "./create-use-case.ts";
import { deleteSetupOperation } from "./delete-setup.ts";
import { deleteTwilioSetupOperation } from "./delete-twilio-setup.ts";
import { deleteUseCaseOperation } from "./delete-use-case.ts";
import { getReputationOperation } from "./get-reputation.ts";
import { getSetupOperation, verifySetupOperation } from "./get-setup.ts";
import { getTwilioSetupOperation } from "./get-twilio-setup.ts";
import { getUseCaseOperation } from "./get-use-case.ts";
import { listAccountNumbersOperation } from "./list-account-numbers.ts";
import { listPhoneNumbersOperation } from "./list-phone-numbers.ts";
import { listAllSetupsOperation, listSetupsOperation } from "./list-setups.ts";
import { listAllTwilioSetupsOperation, listTwilioSetupsOperation } from "./list-twilio-setups.ts";
import { listUseCasesOperation } from "./list-use-cases.ts";
import { releasePhoneNumberOperation } from "./release-phone-number.ts";
import { replaceAuthTokenOperation } from "./replace-auth-token.ts";
import { resumeSendingOperation } from "./resume-sending.ts";

export const channelOperations: readonly Operation[] = [
  createSetupOperation,
  listAllSetupsOperation,
  listSetupsOperation,
  getSetupOperation,
  verifySetupOperation,
  deleteSetupOperation,
  createTwilioSetupOperation,
  listAllTwilioSetupsOperation,
  listTwilioSetupsOperation,
  getTwilioSetupOperation,
  replaceAuthTokenOperation,
  listAccountNumbersOperation,
  deleteTwilioSetupOperation,
  createUseCaseOperation,
  listUseCasesOperation,
  getUseCaseOperation,
  deleteUseCaseOperation,
  getReputationOperation,
  resumeSendingOperation,
  assignPhoneNumberOperation,
  listPhoneNumbersOperation,
  releasePhoneNumberOperation,
];
