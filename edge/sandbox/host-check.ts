// The sandbox is for this machine alone. Binding 127.0.0.1 keeps other machines out; checking Host and Origin keeps out
// web pages that reach it through a visitor's browser (DNS rebinding, cross-site requests).

/** True for the names and addresses of this machine: 127.0.0.0/8, `localhost`, `[::1]`. */
export const isLoopbackHost = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);

/** True when the request was made to this machine by name, on this port, by no foreign page. */
export function isForSandbox(headers: Headers, port: number): boolean {
  const origin = headers.get("origin");
  return isOwnHost(headers.get("host") ?? "", port) && (origin === null || isOwnOrigin(origin, port));
}

function isOwnOrigin(origin: string, port: number): boolean {
  const url = URL.parse(origin);
  return url !== null && url.protocol === "http:" && isOwnHost(url.host, port);
}

function isOwnHost(host: string, port: number): boolean {
  const url = URL.parse(`http://${host}/`);
  return url !== null && isLoopbackHost(url.hostname) && Number(url.port || 80) === port;
}
