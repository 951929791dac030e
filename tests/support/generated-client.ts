// A client generated from an OpenAPI document by @hey-api/openapi-ts, imported and ready to call: what a caller gets who
// takes our document at its word. Works without a network; the files are gone again once the code is loaded.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@hey-api/openapi-ts";

/** What a call gives: `data` of a success, `error` of a refusal (the problem), and the answer itself. */
type ClientAnswer = { readonly data?: unknown; readonly error?: unknown; readonly response: Response };

type ClientRequest = {
  readonly body?: unknown;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** `stream` for downloads, `text` for HTML; by the answer's content type when left out. */
  readonly parseAs?: "stream" | "text" | "json" | "blob" | "arrayBuffer";
};

/** The generated functions by operationId, bound to one server and key. */
export type GeneratedClient = {
  readonly operationIds: readonly string[];
  call(operationId: string, request?: ClientRequest): Promise<ClientAnswer>;
};

type Sdk = Readonly<Record<string, (options: unknown) => Promise<ClientAnswer>>>;
type ClientModule = { readonly createClient: (config: unknown) => unknown };

/** Generates the client of `document`, for the server at `baseUrl`, calling with `apiKey`. */
export async function generateClient(
  document: Record<string, unknown>,
  { baseUrl, apiKey }: { readonly baseUrl: string; readonly apiKey: string },
): Promise<GeneratedClient> {
  const folder = await mkdtemp(join(tmpdir(), "postrider-client-"));
  try {
    await createClient({
      input: document,
      output: folder,
      plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
      logs: { level: "silent", file: false },
    });
    const sdk = (await import(join(folder, "sdk.gen.ts"))) as Sdk;
    const { createClient: connect } = (await import(join(folder, "client", "index.ts"))) as ClientModule;
    const client = connect({ baseUrl, auth: apiKey });
    return {
      operationIds: Object.keys(sdk),
      call: async (operationId, request = {}) => {
        const operation = sdk[operationId];
        if (!operation) throw new Error(`the generated client has no operation ${operationId}`);
        return operation({ client, ...request });
      },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
