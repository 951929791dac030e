import type { Operation } from "../operation.ts";
import { tickOperation } from "./tick.ts";

export const operatorOperations: readonly Operation[] = [tickOperation];
