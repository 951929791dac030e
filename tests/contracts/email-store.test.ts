import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./email-store.contract.ts";

await runContract(new URL("./email-store.contract.ts", import.meta.url));
runReplays(contract);
