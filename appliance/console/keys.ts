/**
 * What a keyboard may do at the console: letters, Enter, Backspace, and clearing the line. Control-C and its friends, escape sequences
 * and whatever else a terminal or a noisy serial line sends are dropped before anything interprets them. Pure.
 */

/** A longer line is an accident or a noisy line; the rest of it is dropped. */
export const maxLineBytes = 1000

const enter = new Set([0x0a, 0x0d])
/** Backspace in both its forms, Control-U and Control-W: they only take away. */
const takingAway = new Set([0x08, 0x7f, 0x15, 0x17])
const escape = 0x1b
const space = 0x20

/** Where a sequence of ECMA-48 stands: none, after ESC, in a control sequence, before the one letter of SS3. */
type Sequence = 'none' | 'begun' | 'control' | 'single'

/** Lets through what `maxLineBytes` and the two sets above allow; holds the state between pieces. */
export function createKeyFilter(): (typed: Uint8Array) => Uint8Array {
  let sequence: Sequence = 'none'
  let lineBytes = 0

  const isLetThrough = (byte: number): boolean => {
    if (sequence !== 'none') {
      sequence = after(sequence, byte)
      return false
    }
    if (byte === escape) {
      sequence = 'begun'
      return false
    }
    if (enter.has(byte)) {
      lineBytes = 0
      return true
    }
    if (takingAway.has(byte)) {
      lineBytes = Math.max(0, lineBytes - 1)
      return true
    }
    // C1 controls of UTF-8 (U+0080 to U+009F) come as two bytes and are refused with the line.
    return byte >= space && ++lineBytes <= maxLineBytes
  }
  return (typed) => typed.filter(isLetThrough)
}

/** ECMA-48 5.4: parameters and intermediates lie below 0x40, the final byte from there on. */
function after(sequence: Sequence, byte: number): Sequence {
  if (sequence === 'begun') {
    if (byte === 0x5b) return 'control'
    return byte === 0x4f ? 'single' : 'none'
  }
  return sequence === 'control' && byte >= space && byte < 0x40 ? 'control' : 'none'
}
