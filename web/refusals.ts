/**
 * Refused acts and refused log-ins are journalled with their code; one entry a source, code and minute, so that strangers
 * cannot flood the journal (design 4).
 */
import type { Context } from 'koa'
import type { Principal } from '../exchange/index.ts'
import { codeOf } from './problem.ts'
import type { Parts } from './types.ts'

export interface Refusals {
  /** Journals the refusal if it is of an act; never throws. */
  note(koa: Context, error: unknown): Promise<void>
}

/** Sources remembered in a minute; beyond them refusals are one source. */
const maxSources = 10_000

export function createRefusals(parts: Parts): Refusals {
  let minute = 0
  let seen = new Set<string>()
  const first = (source: string): boolean => {
    const now = Math.floor(parts.clock.now().getTime() / 60_000)
    if (now !== minute) {
      minute = now
      seen = new Set()
    }
    const name = seen.size < maxSources ? source : 'crowd'
    if (seen.has(name)) return false
    seen.add(name)
    return true
  }
  return {
    async note(koa, error) {
      if (koa.method !== 'POST' && codeOf(error) !== 'CERTIFICATE_REQUIRED') return
      const actor = koa.state['actor'] as Principal | undefined
      const code = codeOf(error)
      const source = actor?.holder ?? `anonymous:${koa.req.socket.remoteAddress ?? ''}`
      if (!first(`${source} ${code}`)) return
      try {
        await parts.journal.commit({
          entries: [
            {
              type: 'act.refused',
              actor: { holder: source, certificate: actor?.certificate ?? null },
              subject: koa.path.slice(0, 200),
              data: { code, method: koa.method },
            },
          ],
        })
      } catch (failure) {
        parts.log.error({ err: String(failure), code }, 'a refusal could not be journalled')
      }
    },
  }
}
