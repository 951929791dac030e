// A workspace: the tenant of this product. Everything else belongs to one.
import type { Id } from "../ids.ts";

export const WORKSPACE_NAME_CHARACTERS_MAX = 100;

export type Workspace = { readonly id: Id; readonly name: string; readonly createdAt: number };
