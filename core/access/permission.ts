// Who may do what. The names are the product's own.
export const PERMISSIONS = [
  "Channel.create",
  "Channel.view",
  "Channel.delete",
  "Channel.send",
  "ApiKey.manage",
] as const;
export type Permission = (typeof PERMISSIONS)[number];
