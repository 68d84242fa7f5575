/** Whether the version that was started does its work: asked of the running service from outside, as its people would find it. I/O. */
import { get as httpGet, type IncomingMessage } from 'node:http'
import { get as httpsGet } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * `well`: it serves, or waits to be set up. `locked`: it waits for a person's passphrase, and nothing can be said of it yet. `ill`: no
 * answer, or one that says that it cannot work.
 */
export type Finding = 'well' | 'locked' | 'ill'

/** Header of the pages that stand in for the box while it is not set up, or locked. */
export const stateHeader = 'sealbox-state'

const answerMs = 10_000
const askAgainMs = 1000

export interface Ports {
  readonly port: number
  readonly pkiPort: number
}

/** One look. Never throws. */
export async function probe({ port, pkiPort }: Ports): Promise<Finding> {
  const page = await answer((done) =>
    // Whose certificate it shows is not asked: what answers on this machine is what was started.
    httpsGet({ host: '127.0.0.1', port, path: '/', rejectUnauthorized: false }, done),
  )
  if (page === undefined) return 'ill'
  const said = page.headers[stateHeader]
  if (said === 'locked') return 'locked'
  if (said === 'not-set-up') return 'well'
  // The journal's and the files' own word: 200 only while both can be written.
  const health = await answer((done) =>
    httpGet({ host: '127.0.0.1', port: pkiPort, path: '/healthz' }, done),
  )
  return health?.statusCode === 200 ? 'well' : 'ill'
}

/**
 * Asks until it is well, or was ill for `patienceMs` in all. Time in which it waits for a person does not count: nobody may be at the
 * console for days.
 */
export async function becomesWell(of: {
  readonly look: () => Promise<Finding>
  readonly patienceMs: number
  readonly wait?: (ms: number) => Promise<unknown>
}): Promise<boolean> {
  const { look, patienceMs, wait = pause } = of
  for (let ill = 0; ill < patienceMs;) {
    const from = performance.now()
    const found = await look()
    if (found === 'well') return true
    await wait(askAgainMs)
    if (found === 'ill') ill += Math.max(askAgainMs, performance.now() - from)
  }
  return false
}

function answer(
  ask: (done: (response: IncomingMessage) => void) => ReturnType<typeof httpGet>,
): Promise<IncomingMessage | undefined> {
  return new Promise((resolve) => {
    const asked = ask((response) => {
      response.resume()
      resolve(response)
    })
    asked.setTimeout(answerMs, () => asked.destroy())
    asked.on('error', () => {
      resolve(undefined)
    })
  })
}
