// What every call to AWS needs to know. Endpoints are given whole and may have a base path: the sandbox's do.

export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

export type AwsSettings = {
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** With or without trailing slash: see endpointUrl. */
  readonly endpoints: {
    readonly sesV2: string;
    readonly ses: string;
    readonly sns: string;
    readonly s3: string;
  };
};

/** The URL of a path, which begins with a slash, at an endpoint. */
export const endpointUrl = (endpoint: string, path: string): string =>
  `${endpoint.replace(/\/+$/, "")}${path}`;
