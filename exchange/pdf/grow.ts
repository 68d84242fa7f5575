/** Files that grow by revisions in memory that is kept for what follows. Pure but for that memory. */

/** How far files have grown in memory that is kept for what follows: octets in use, by buffer. */
const grown = new WeakMap<ArrayBufferLike, number>()

/**
 * The file with `added` behind it. Where `base` came from here and nothing follows it yet, this writes behind it in the same memory, so that a
 * file of many revisions is not copied for each; else it is copied, with room to grow as much again. Bytes once given never change.
 */
export function appendBytes(base: Uint8Array, added: Uint8Array): Uint8Array {
  const end = base.byteOffset + base.length
  const whole = base.length + added.length
  const { buffer } = base
  if (grown.get(buffer) === end && buffer.byteLength - end >= added.length) {
    const bytes = new Uint8Array(buffer, base.byteOffset, whole)
    bytes.set(added, base.length)
    grown.set(buffer, end + added.length)
    return bytes
  }
  const room = new ArrayBuffer(whole + Math.max(minRoom, Math.min(whole, maxRoom)))
  const bytes = new Uint8Array(room, 0, whole)
  bytes.set(base)
  bytes.set(added, base.length)
  grown.set(room, whole)
  return bytes
}

/** Evidence and a document timestamp stay below the one; the other bounds what a large file takes beyond itself. */
const minRoom = 32 * 1024
const maxRoom = 4 * 1024 * 1024
