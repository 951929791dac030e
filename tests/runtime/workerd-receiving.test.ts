import { RECEIVING_JOURNEYS } from "../journeys/all.ts";
import { runWorkerJourneys } from "../support/journey-suite.ts";

runWorkerJourneys(RECEIVING_JOURNEYS);
