import type { Operation } from "../operation.ts";
import { addSuppressionOperation } from "./add-suppression.ts";
import { explainSuppressionOperation } from "./explain-suppression.ts";
import { liftSuppressionOperation } from "./lift-suppression.ts";
import { listSuppressionsOperation } from "./list-suppressions.ts";

/** Before the e-mails: `/email/{email_id}` would match `/email/suppression` too. */
export const suppressionOperations: readonly Operation[] = [
  listSuppressionsOperation,
  addSuppressionOperation,
  explainSuppressionOperation,
  liftSuppressionOperation,
];
