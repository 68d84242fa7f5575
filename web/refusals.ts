/**
 * Refused acts and refused log-ins are journalled with their code; one entry a source, code and minute, so that strangers
 * cannot flood the journal (design 4). What a stranger wrote, its path included, does not get in.
 */
import type { Context } from 'koa'
import { codeOf } from './problem.ts'
import { sourceOf } from './source.ts'
import type { Parts, Route } from './types.ts'

export interface Refusals {
  /** Journals the refusal if it is of an act; never throws. */
  note(koa: Context, error: unknown): Promise<void>
}

/** Reasons that are told whatever else was refused in that minute: something classified (design 8), and a machine with a virus. */
const alwaysTold = ['CLASSIFIED_MARK', 'VIRUS_FOUND']

/** Addresses told apart in a minute; those beyond are one source. */
const maxAddresses = 100

export function createRefusals(parts: Parts): Refusals {
  let minute = 0
  let seen = new Set<string>()
  let addresses = new Set<string>()
  const first = (source: string, code: string): boolean => {
    const now = Math.floor(parts.clock.now().getTime() / 60_000)
    if (now !== minute) {
      minute = now
      seen = new Set()
      addresses = new Set()
    }
    const isStranger = source.startsWith('anonymous:')
    if (isStranger && addresses.size < maxAddresses) addresses.add(source)
    const name = !isStranger || addresses.has(source) ? source : 'crowd'
    const key = `${name} ${code}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  }
  return {
    async note(koa, error) {
      const code = codeOf(error)
      if (koa.method !== 'POST' && code !== 'CERTIFICATE_REQUIRED') return
      const { name, certificate } = sourceOf(koa)
      const reasons = reasonsOf(error)
      const told = alwaysTold.filter((reason) => reasons.includes(reason))
      if (!first(name, [code, ...told].join(' '))) return
      const route = koa.state['route'] as Route | undefined
      try {
        await parts.journal.commit({
          entries: [
            {
              type: 'act.refused',
              actor: { holder: name, certificate },
              subject: subjectOf(koa),
              data: { code, reasons, method: koa.method, route: route?.path ?? null },
            },
          ],
        })
      } catch (failure) {
        parts.log.error({ err: String(failure), code }, 'a refusal could not be journalled')
      }
    },
  }
}

/** The document, if the path names one in form; otherwise only that it was an act. */
function subjectOf(koa: Context): string {
  const { id = '' } = (koa['params'] ?? {}) as Record<string, string | undefined>
  return /^[a-z2-7]{26}$/.test(id) ? `document:${id}` : 'act'
}

/** Codes of the findings for which a draft or a file was refused; never their words. */
function reasonsOf(error: unknown): string[] {
  const { findings } = (error as { details?: { findings?: unknown } }).details ?? {}
  if (!Array.isArray(findings)) return []
  const refusing = (findings as { code?: unknown; severity?: unknown }[]).filter(
    ({ severity }) => severity === 'refuse',
  )
  const codes = refusing.flatMap(({ code }) => (typeof code === 'string' ? [code] : []))
  return [...new Set(codes)].slice(0, 10)
}
