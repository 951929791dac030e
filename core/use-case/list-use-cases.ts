// Lists a workspace's use cases in creation order, narrowed by any of the filters.
import type { UseCaseFilter, UseCaseStore } from "../ports/use-case-store.ts";
import type { UseCase } from "./use-case.ts";

/** SES holds 10,000 configuration sets in an account, so a list without pages is bounded by that. */
const USE_CASES_MAX = 10_000;

export type ListUseCasesPorts = { readonly useCases: UseCaseStore };

export const listUseCases = (
  { useCases }: ListUseCasesPorts,
  filter: UseCaseFilter,
): Promise<readonly UseCase[]> => useCases.list(filter, USE_CASES_MAX);
