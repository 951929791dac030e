// Every journey against one program on Bun and one sandbox; tests/runtime runs the same ones on the other runtimes.
import { runLongLivedJourneys } from "../support/journey-suite.ts";
import { JOURNEYS } from "./all.ts";

runLongLivedJourneys("bun", JOURNEYS);
