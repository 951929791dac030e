// `bun run sandbox`: the stand-in for AWS, Twilio and DNS as a program of its own. Settings: SANDBOX_PORT (8081), DATA_DIR
// (./data).
import { CONTROL_PATHS } from "./app.ts";
import { SANDBOX_CREDENTIALS, SANDBOX_REGION, sandboxEndpoints } from "./endpoints.ts";
import { startSandbox } from "./start.ts";

const PORT = 8081;

const port = Number(process.env["SANDBOX_PORT"] ?? PORT);
const dataDir = process.env["DATA_DIR"] ?? "./data";
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error("SANDBOX_PORT must be a port number, 0 for any free one.");
  process.exit(1);
}

const sandbox = await startSandbox({ port, dataDir }).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`The sandbox did not start on 127.0.0.1:${port} with its data in ${dataDir}: ${reason}`);
  process.exit(1);
});
const endpoints = sandboxEndpoints(sandbox.url);
console.log(
  [
    `Sandbox at ${sandbox.url}: AWS, Twilio and DNS on this machine only. Nothing is sent to anybody.`,
    `State: ${dataDir}/sandbox.db`,
    "",
    `AWS_ENDPOINT_URL_SESV2=${endpoints.sesV2}`,
    `AWS_ENDPOINT_URL_SES=${endpoints.ses}`,
    `AWS_ENDPOINT_URL_SNS=${endpoints.sns}`,
    `AWS_ENDPOINT_URL_S3=${endpoints.s3}`,
    `TWILIO_ENDPOINT_URL=${endpoints.twilio}`,
    `DOH_URLS=${endpoints.dohUrls.join(",")}`,
    `AWS_REGION=${SANDBOX_REGION}`,
    `AWS_ACCESS_KEY_ID=${SANDBOX_CREDENTIALS.accessKeyId}`,
    `AWS_SECRET_ACCESS_KEY=${SANDBOX_CREDENTIALS.secretAccessKey}`,
    "",
    "Control paths:",
    ...CONTROL_PATHS.map((path) => `  ${path}`),
  ].join("\n"),
);

const stop = async (): Promise<void> => {
  await sandbox.stop();
  process.exit(0);
};
process.on("SIGINT", () => void stop());
process.on("SIGTERM", () => void stop());
