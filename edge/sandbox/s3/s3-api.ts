// The part of S3 that Postrider uses, path-style under `/s3/{bucket}/{key}`: objects put, read (whole, in part, by a
// presigned link), deleted and listed. S3 API reference. Every bucket exists; no multipart uploads, versions, ACLs,
// checksums of other kinds, or conditions but `If-None-Match`.
import type { Hono } from "hono";

import { AwsError } from "../aws-error.ts";
import { answerCall } from "../provider-call.ts";
import { readBody, type RequestBody } from "../request-body.ts";
import type { Sandbox } from "../sandbox.ts";
import { element, xmlResponse } from "../xml.ts";
import { listObjects } from "./list-objects.ts";
import { deleteObject, getObject, putObject } from "./objects.ts";

/** Far below S3's 5 GB, above SES's largest inbound mail of 40 MB. */
const OBJECT_OCTETS_MAX = 64 * 1_048_576;

export type S3Call = {
  readonly request: Request;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: RequestBody;
};
type S3Operation = (sandbox: Sandbox, call: S3Call) => Response;

const notImplemented: S3Operation = () => {
  throw new AwsError(501, "NotImplemented", "The sandbox does not play this operation.");
};
/** Every bucket exists. */
const headBucket: S3Operation = () => new Response(null, { status: 200 });

export function mountS3(app: Hono, sandbox: Sandbox): void {
  app.all("/s3/*", (c) => answerS3(sandbox, c.req.raw));
}

async function answerS3(sandbox: Sandbox, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const [bucket = "", ...segments] = url.pathname.slice("/s3/".length).split("/");
  const key = decodeKey(segments.join("/"));
  const [operation, run] = operationOf(request.method, key, url.searchParams);
  const body = await readBody(request, OBJECT_OCTETS_MAX);
  return answerCall(
    sandbox,
    {
      service: "s3",
      operation,
      dialect: "s3",
      request,
      body,
      toResponse: (error) => errorXml(error, request.method, url.pathname),
    },
    (received) => {
      if (key === null) throw new AwsError(400, "InvalidURI", "Couldn't parse the specified URI.");
      return run(sandbox, { request, bucket, key, query: url.searchParams, body: received });
    },
  );
}

function operationOf(
  method: string,
  key: string | null,
  query: URLSearchParams,
): readonly [string, S3Operation] {
  const isObject = key !== "";
  if (isObject && method === "PUT") return ["PutObject", putObject];
  if (isObject && method === "GET") return ["GetObject", getObject];
  if (isObject && method === "HEAD") return ["HeadObject", getObject];
  if (isObject && method === "DELETE") return ["DeleteObject", deleteObject];
  if (method === "GET" && query.get("list-type") === "2") return ["ListObjectsV2", listObjects];
  return method === "HEAD" ? ["HeadBucket", headBucket] : [`${method} bucket`, notImplemented];
}

function decodeKey(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

// An answer to HEAD has a status and no body.
function errorXml(error: AwsError, method: string, resource: string): Response {
  // S3 says so itself; the common answer to an oversized body has another name elsewhere.
  const [status, code] = error.status === 413 ? [400, "EntityTooLarge"] : [error.status, error.code];
  if (method === "HEAD") return new Response(null, { status });
  const fields = `${element("Code", code)}${element("Message", error.message)}${element("Resource", resource)}`;
  return xmlResponse(status, `<Error>${fields}${element("RequestId", crypto.randomUUID())}</Error>`);
}
