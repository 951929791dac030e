import type { ClaimLost, IdempotencyClaim } from "../idempotency/idempotency.ts";
import type { Id } from "../ids.ts";
import type { Result } from "../result.ts";
import type { Task } from "../tasks/task.ts";
import type { NumberTarget, PhoneNumber } from "../voice/phone-number.ts";

export type NumberReservation = Pick<
  PhoneNumber,
  "id" | "useCaseId" | "phoneNumberSid" | "phoneNumber" | "createdAt"
> & { readonly workspaceId: Id; readonly formerTarget: NumberTarget };

export type NumberTaken =
  /** Another use case has it, or this one. */
  | { readonly kind: "phone_number_assigned" }
  /** The use case began to be deleted in the meantime. */
  | { readonly kind: "use_case_not_found" };

/** A number that is being assigned, and the task of whoever does it. */
export type NumberInWork = { readonly number: PhoneNumber; readonly task: Task<"assign_phone_number"> };

export type ReleaseNotBegun =
  | { readonly kind: "phone_number_not_found" }
  /** Somebody else is releasing it at the moment. */
  | { readonly kind: "release_in_progress" };

/**
 * Phone numbers that serve use cases. A number (by its SID) serves one use case: the unique index over those not released
 * decides races. `updatedAt` never goes back. Every write run again changes nothing more and answers the same. A write
 * that takes a task is its holder's: once the lease is another's it changes nothing.
 *
 * - `reserve` stores a number as `assigning`, with its claim and its task `assign_phone_number`, held by the caller, if
 *   its use case is a Twilio one and `ready`; or says what stood in its way: the claim is lost, the use case, the number.
 *   A refusal stores nothing. The caller has seen the number in the use case's account: where it is still `assigned` under
 *   another Twilio setup it was moved out of that one's account, and is `released` there.
 * - `findUnfinished` answers the use case's `assigning` row of this number; `takeOver` makes the caller its holder, with
 *   the claim, unless somebody else is: null.
 * - `recordAssigned` makes it `assigned`, forgets what it pointed at before and ends the task; false when the lease is
 *   another's. `letGo` gives the task back, due at `runAt`, and frees the claim. `release` removes the row with claim and
 *   task as if it had never been.
 * - `find` answers a number that is not released, whatever its status. `list` answers those of a use case that are
 *   `assigned` or `releasing`, in the order of their assignment, at most `limit`; null when it is no Twilio use case of
 *   exactly this workspace (null: of any), or deleted.
 * - `listServing` answers which use case of this Twilio setup each of these numbers serves.
 * - `beginRelease` marks an `assigned` number `releasing`, with its task `release_phone_number`, held by the caller; one
 *   already releasing may begin again. `abortRelease` makes it `assigned` again and ends the task; `postponeRelease` leaves it
 *   `releasing` and gives the task back, due at `runAt`. `bury` makes it `released`, which frees the number.
 */
export type PhoneNumberStore = {
  reserve(
    number: NumberReservation,
    claim: IdempotencyClaim | null,
  ): Promise<Result<NumberInWork, NumberTaken | ClaimLost>>;
  findUnfinished(useCaseId: Id, phoneNumberSid: string): Promise<PhoneNumber | null>;
  takeOver(number: PhoneNumber, claim: IdempotencyClaim | null, at: number): Promise<NumberInWork | null>;
  recordAssigned(task: Task, at: number): Promise<boolean>;
  letGo(task: Task, runAt: number): Promise<void>;
  release(task: Task): Promise<boolean>;
  find(id: Id): Promise<PhoneNumber | null>;
  list(useCaseId: Id, workspaceId: Id | null, limit: number): Promise<readonly PhoneNumber[] | null>;
  listServing(
    twilioSetupId: Id,
    phoneNumberSids: readonly string[],
  ): Promise<readonly Pick<PhoneNumber, "phoneNumberSid" | "useCaseId">[]>;
  beginRelease(id: Id, at: number): Promise<Result<Task<"release_phone_number">, ReleaseNotBegun>>;
  abortRelease(task: Task, at: number): Promise<void>;
  postponeRelease(task: Task, runAt: number): Promise<void>;
  bury(task: Task, at: number): Promise<boolean>;
};
