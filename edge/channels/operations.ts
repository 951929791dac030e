import type { Operation } from "../operation.ts";
import { createSetupOperation } from "./create-setup.ts";
import { createUseCaseOperation } from "./create-use-case.ts";
import { deleteSetupOperation } from "./delete-setup.ts";
import { deleteUseCaseOperation } from "./delete-use-case.ts";
import { getReputationOperation } from "./get-reputation.ts";
import { getSetupOperation, verifySetupOperation } from "./get-setup.ts";
import { getUseCaseOperation } from "./get-use-case.ts";
import { listAllSetupsOperation, listSetupsOperation } from "./list-setups.ts";
import { listUseCasesOperation } from "./list-use-cases.ts";
import { resumeSendingOperation } from "./resume-sending.ts";

export const channelOperations: readonly Operation[] = [
  createSetupOperation,
  listAllSetupsOperation,
  listSetupsOperation,
  getSetupOperation,
  verifySetupOperation,
  deleteSetupOperation,
  createUseCaseOperation,
  listUseCasesOperation,
  getUseCaseOperation,
  deleteUseCaseOperation,
  getReputationOperation,
  resumeSendingOperation,
];
