import { runContract } from "../support/contract.ts";

await runContract(new URL("./provisioning-faults.contract.ts", import.meta.url));
