/** Unpredictable octets as lower-case hex, two characters an octet. Core draws no random numbers of its own. */
export type RandomSource = { hex(octets: number): string };
