// Makes ids: UUID v7 (RFC 9562 section 5.7), increasing within this process even when the clock stands still or goes
// back, by the counter of section 6.2 method 1 in the 12 bits of rand_a. The other 62 bits are random in each id.
import type { Clock } from "../../core/ports/clock.ts";
import type { Id } from "../../core/ids.ts";
import type { IdSource } from "../../core/ports/id-source.ts";

const COUNTER_LIMIT = 0x1000;
/** A new millisecond starts its counter in the lower half, so that at least 2,048 ids fit before it borrows the next one. */
const COUNTER_START_MASK = 0x7ff;
/** Octets drawn at once: one call to the generator serves 64 ids. */
const POOL_BYTES = 640;
/** Per id: 8 for rand_b, 2 for a counter's start. */
const DRAW_BYTES = 10;

const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"));

/** Ids from this process's clock and generator. Safe to share: it holds plain numbers only. */
export function makeIdSource(clock: Clock): IdSource {
  const pool = new Uint8Array(POOL_BYTES);
  let drawn = POOL_BYTES;
  let lastMs = 0;
  let counter = 0;

  const draw = (): Uint8Array => {
    if (drawn >= POOL_BYTES) {
      crypto.getRandomValues(pool);
      drawn = 0;
    }
    drawn += DRAW_BYTES;
    return pool.subarray(drawn - DRAW_BYTES, drawn);
  };

  return {
    newId() {
      const random = draw();
      const now = clock.now();
      if (now > lastMs) {
        lastMs = now;
        counter = octetPair(random, 8) & COUNTER_START_MASK;
      } else if (++counter === COUNTER_LIMIT) {
        lastMs += 1;
        counter = octetPair(random, 8) & COUNTER_START_MASK;
      }
      return formatId(lastMs, counter, random);
    },
  };
}

const octetPair = (octets: Uint8Array, at: number): number =>
  ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);

function formatId(ms: number, counter: number, random: Uint8Array): Id {
  const time = ms.toString(16).padStart(12, "0");
  const variant = 0x80 | ((random[0] ?? 0) & 0x3f); // RFC 9562 section 4.1: the two high bits are 10.
  const hex = (at: number): string => HEX[random[at] ?? 0] ?? "";
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-${HEX[variant]}${hex(1)}-${hex(2)}${hex(3)}${hex(4)}${hex(5)}${hex(6)}${hex(7)}`;
}
