/** What a terminal shows, and waiting until it shows something. Test support. */
import type { Readable } from 'node:stream'

/** On a loaded machine keys take seconds. */
const patienceMs = 90_000

export interface Watched {
  /** All that was shown so far. */
  readonly shown: () => string
  /** Waits until a text is shown behind the last one that was waited for. */
  readonly see: (text: string) => Promise<void>
}

export function watch(output: Readable): Watched {
  let shown = ''
  let seen = 0
  let news = (): void => undefined
  output.on('data', (part: Buffer) => {
    shown += part.toString('utf8')
    news()
  })
  const see = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        news = () => undefined
        reject(new Error(`not shown: ${text}\nbut: ${shown.slice(seen)}`))
      }, patienceMs)
      news = () => {
        const at = shown.indexOf(text, seen)
        if (at < 0) return
        seen = at + text.length
        news = () => undefined
        clearTimeout(late)
        resolve()
      }
      news()
    })
  return { shown: () => shown, see }
}
