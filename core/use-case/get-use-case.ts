// Finds a use case for a caller. One that is another workspace's, deleted, or still being made answers as an unknown one.
import type { Id } from "../ids.ts";
import type { UseCaseStore } from "../ports/use-case-store.ts";
import { err, ok, type Result } from "../result.ts";
import type { UseCase } from "./use-case.ts";

export type GetUseCasePorts = { readonly useCases: UseCaseStore };

export type GetUseCase = {
  /** The workspace acted in; null: all of them (the operator on the short path). */
  readonly workspaceId: Id | null;
  readonly useCaseId: Id;
};

export type GetUseCaseRefused = { readonly kind: "use_case_not_found" };

export async function getUseCase(
  { useCases }: GetUseCasePorts,
  { workspaceId, useCaseId }: GetUseCase,
): Promise<Result<UseCase, GetUseCaseRefused>> {
  const useCase = await useCases.find(useCaseId, workspaceId);
  return useCase === null || useCase.status === "provisioning"
    ? err({ kind: "use_case_not_found" })
    : ok(useCase);
}
