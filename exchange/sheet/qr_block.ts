/** A QR code (ISO/IEC 18004) as lines on paper. Pure. */
import { encode } from 'uqr'
import { horizontalRule, type Rule } from '../layout/page.ts'
import type { Block } from './blocks.ts'

/** The quiet zone that readers need, in modules. */
const border = 4

/** A code for `text` in a square of `size` mm at `left`; its quiet zone is inside the square. */
export function qrBlock(text: string, place: { left: number; size: number }): Block {
  const { size: modules, data } = encode(text, { ecc: 'M', border })
  const module = place.size / modules
  return {
    height: place.size,
    ink: (top) => ({
      runs: [],
      rules: data.flatMap((row, y) =>
        stretches(row).map(([from, to]): Rule =>
          horizontalRule({
            left: place.left + from * module,
            right: place.left + to * module,
            // A little thicker than a module: no reader shall see a hair between rows.
            width: module * 1.02,
            y: top + (y + 0.5) * module,
            colour: 'black',
          }),
        ),
      ),
    }),
  }
}

/** Where the dark modules of a row begin and end. */
function stretches(row: readonly boolean[]): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = []
  let start: number | undefined
  for (const [x, dark] of [...row, false].entries()) {
    if (dark) start ??= x
    else if (start !== undefined) {
      found.push([start, x])
      start = undefined
    }
  }
  return found
}
