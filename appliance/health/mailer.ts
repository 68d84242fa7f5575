/** The line to the mail relay: sends a letter, and knows whether the last one went out. */
import type { Log, Reporting, ReportingLine, Tried } from '../../web/index.ts'
import { sendLetter, type Letter } from './mail.ts'

export interface Mailer {
  send(letter: Letter): Promise<Tried>
  /** Undefined where there is no relay. */
  state(): ReportingLine | undefined
  /** Another relay, or none, from now on. */
  use(settings: Reporting['mail']): void
}

export function createMailer(parts: {
  readonly now: () => Date
  /** What the box calls itself. */
  readonly host: string
  readonly log: Log
}): Mailer {
  const { now, host, log } = parts
  let settings: Reporting['mail'] = null
  let line: ReportingLine | undefined
  return {
    state: () => line,
    use(next) {
      settings = next
      line = next === null ? undefined : { state: 'well' }
    },
    async send(letter) {
      if (settings === null) return 'none'
      try {
        await sendLetter(settings, { letter, name: host })
        line = { state: 'well' }
        return 'sent'
      } catch (error) {
        const { code = 'FAILED' } = error as { code?: string }
        const since = line?.state === 'failing' ? line.since : now()
        line = { state: 'failing', since, error: code }
        log.error({ err: String(error) }, 'the mail relay was not reached; trying again')
        return { error: code }
      }
    },
  }
}
