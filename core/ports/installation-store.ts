/**
 * The facts about an installation that are settled once, at its first start: whether it is a sandbox or live, the id
 * its objects at the provider are tagged with, and the SHA-256 (hex) of a generated operator key.
 */
export const INSTALLATION_FACTS = ["mode", "installation", "operator_key_sha256"] as const;
export type InstallationFact = (typeof INSTALLATION_FACTS)[number];

/**
 * - `fact` answers null for a fact never set.
 * - `setOnce` stores the value unless there is one, and answers what is now stored: of two instances that start at once
 *   on one database, both are told the value of one of them. A fact never changes afterwards.
 */
export type InstallationStore = {
  fact(name: InstallationFact): Promise<string | null>;
  setOnce(name: InstallationFact, value: string): Promise<string>;
};
