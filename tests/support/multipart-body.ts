// A multipart/form-data body written octet by octet: FormData turns every line end of a field into CRLF (HTML, "multipart
// form data"), escapes names, and cannot write a broken form.

export type BodyPart = {
  readonly name: string;
  readonly value: string | Uint8Array;
  readonly filename?: string;
  readonly type?: string;
  /** Further header lines, each without its line end. */
  readonly headers?: readonly string[];
};

export type MultipartBody = {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: { readonly "content-type": string };
};

const BOUNDARY = "----journey-boundary-7d1f";

export function multipartBody(parts: readonly BodyPart[]): MultipartBody {
  const pieces: (string | Uint8Array)[] = [];
  for (const part of parts) pieces.push(`--${BOUNDARY}\r\n`, headOf(part), "\r\n", part.value, "\r\n");
  return asMultipart([...pieces, `--${BOUNDARY}--\r\n`]);
}

/** Any octets under the content type of a form; `{boundary}` in a text stands for it. */
export function asMultipart(pieces: readonly (string | Uint8Array)[]): MultipartBody {
  const octets = pieces.map((piece) =>
    typeof piece === "string" ? new TextEncoder().encode(piece.replaceAll("{boundary}", BOUNDARY)) : piece,
  );
  const body = new Uint8Array(octets.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of octets) {
    body.set(piece, at);
    at += piece.length;
  }
  return { body, headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` } };
}

function headOf({ name, filename, type, headers = [] }: BodyPart): string {
  const file = filename === undefined ? "" : `; filename="${filename}"`;
  const lines = [
    `Content-Disposition: form-data; name="${name}"${file}`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ...headers,
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}
