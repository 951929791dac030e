// What the middlewares leave in a request's context for those that come after.
import type { Ports } from "./ports.ts";

export type AppEnv = {
  Variables: {
    ports: Ports;
    requestId: string;
    /** For the log line. */
    workspaceId?: string;
    problemCode?: string;
    reason?: string;
  };
};
