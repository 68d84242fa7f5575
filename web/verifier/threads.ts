/** Starts threads of the page from its own script: nothing is loaded, and the policy lets nothing else run. */

/** What a thread is for; its name tells the script. */
export type ThreadName = 'judge' | 'draw'

let script: string | undefined

/** Remembers the script that is running now; to be called while it runs for the first time. */
export function rememberScript(): void {
  script = document.currentScript?.textContent
}

/** A new thread. */
export function startThread(name: ThreadName): Worker {
  if (script === undefined) throw new Error('the script was not remembered')
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
  const worker = new Worker(url, { name })
  // The browser has taken it by then; a minute is enough for a slow machine.
  setTimeout(() => {
    URL.revokeObjectURL(url)
  }, 60_000)
  return worker
}
