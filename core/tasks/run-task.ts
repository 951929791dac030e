// What each kind of task does: one operation each.
import { type RemoveUseCasePorts, resumeUseCaseDeletion } from "../use-case/delete-use-case.ts";
import { readAccount } from "../reputation/read-account.ts";
import { reviewTier, type ReviewTierPorts } from "../reputation/review-tier.ts";
import { resumeDeletion } from "../setup/delete-setup.ts";
import { provisionSetup, type ProvisionSetupPorts } from "../setup/provision-setup.ts";
import { receiveInbound, type ReceiveInboundPorts } from "../inbound/receive-inbound.ts";
import { reconcileInbound, type ReconcileInboundPorts } from "../inbound/reconcile-inbound.ts";
import { joinThread } from "../threading/join-thread.ts";
import { reviewTenants } from "../setup/review-tenants.ts";
import { sweepSetup, type SweepSetupPorts } from "../setup/sweep-setup.ts";
import { undoUseCase, type UndoUseCasePorts } from "../use-case/undo-use-case.ts";
import { type SettleNumberPorts, undoAssignment } from "../voice/assign-number.ts";
import { checkTwilioSetup, type CheckProfilePorts } from "../voice/check-profile.ts";
import { resumeRelease } from "../voice/release-number.ts";
import { carryOut, type TaskEnd } from "./carry-out.ts";
import type { Task, TaskKind } from "./task.ts";

export type RunTaskPorts = ProvisionSetupPorts &
  SweepSetupPorts &
  RemoveUseCasePorts &
  UndoUseCasePorts &
  ReceiveInboundPorts &
  ReconcileInboundPorts &
  ReviewTierPorts &
  SettleNumberPorts &
  CheckProfilePorts;

const WORK: Readonly<Record<TaskKind, (ports: RunTaskPorts, task: Task) => Promise<TaskEnd>>> = {
  provision_setup: provisionSetup,
  provision_use_case: undoUseCase,
  assign_phone_number: undoAssignment,
  delete_setup: resumeDeletion,
  delete_use_case: resumeUseCaseDeletion,
  receive_inbound: receiveInbound,
  join_thread: joinThread,
  release_phone_number: resumeRelease,
  review_tenants: reviewTenants,
  read_account: readAccount,
  review_tier: reviewTier,
  reconcile_inbound: reconcileInbound,
  check_setup: sweepSetup,
  check_twilio_setup: checkTwilioSetup,
};

/** Carries out a claimed task. */
export const runTask = (ports: RunTaskPorts, task: Task): Promise<TaskEnd> =>
  carryOut(ports, task, () => WORK[task.kind](ports, task));
