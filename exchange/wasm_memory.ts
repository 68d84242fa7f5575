/** A limit on what WebAssembly of this thread may take: there is none from outside the module, so growing is refused here. */

export interface MemoryLimit {
  /** Whether growing was refused since this was last set to false. */
  reached: boolean
}

/** Limits every memory of this thread, each to `maxMemoryMb`; the module then gives up by itself. For worker threads only. */
export function limitMemory(maxMemoryMb: number): MemoryLimit {
  const state = { reached: false }
  const prototype = WebAssembly.Memory.prototype
  const grow = Object.getOwnPropertyDescriptor(prototype, 'grow')
    ?.value as WebAssembly.Memory['grow']
  prototype.grow = function (delta) {
    if (this.buffer.byteLength + delta * 65_536 > maxMemoryMb * 1024 * 1024) {
      state.reached = true
      throw new RangeError('no more memory for this file')
    }
    return grow.call(this, delta)
  }
  return state
}
