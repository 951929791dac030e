// The contract of database.contract.ts on every implementation.
import { runContract } from "../support/contract.ts";

await runContract(new URL("./database.contract.ts", import.meta.url), { singleWrites: true });
