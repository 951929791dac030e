// Our own OpenAPI document, as the application serves it, and what it lists.
import { makeApp } from "../../edge/app.ts";
import type { DocsAssets } from "../../edge/docs/portal.ts";
import type { Ports } from "../../edge/ports.ts";

type App = ReturnType<typeof makeApp>;
export type OpenapiDocument = {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, Omit<DocumentedOperation, "path" | "method">>>>
  >;
} & Record<string, unknown>;
export type DocumentedOperation = {
  readonly path: string;
  readonly method: string;
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, unknown>> }>
  >;
};

/** The application without ports: enough for its documents, which ask none. */
export const makeDocumentsApp = (docsAssets: DocsAssets = { script: async () => null }): App =>
  makeApp({ portsFor: () => ({}) as Ports, log: () => undefined, docsAssets });

export async function readDocument(app: App = makeDocumentsApp()): Promise<OpenapiDocument> {
  const response = await app.request("/openapi.json");
  return (await response.json()) as OpenapiDocument;
}

export const operationsOf = ({ paths }: OpenapiDocument): DocumentedOperation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, documented]) => ({ ...documented, path, method })),
  );
