// The stand-in for the mail provider, as a process of its own.
import { makeProviderStub } from "../../support/provider-stub.ts";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  maxRequestBodySize: 256 * 1024 * 1024,
  fetch: makeProviderStub(),
});
process.send?.({ url: `http://127.0.0.1:${server.port}` });
