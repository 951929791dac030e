// The two globals core uses beyond the language: pure functions between strings and UTF-8, the same on every runtime
// (WHATWG Encoding Standard). Core is compiled without DOM and runtime types; where those are present, these merge.
interface TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare var TextEncoder: { prototype: TextEncoder; new (): TextEncoder };

interface TextDecoder {
  decode(input?: Uint8Array): string;
}
declare var TextDecoder: {
  prototype: TextDecoder;
  new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
};
