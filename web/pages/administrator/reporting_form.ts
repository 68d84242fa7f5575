/** What the form says about who is told of alarms: read into settings, or into what is wrong with it. Pure. */
import { isIP } from 'node:net'
import { reportingSchema, type Reporting } from '../../health/alarm_desk.ts'

export type WrongField = 'silent' | 'collector' | 'mail'

export interface TypedReporting {
  /** Undefined where something is wrong. */
  readonly reporting: Reporting | undefined
  /** As it was typed. */
  readonly fields: Readonly<Record<string, string>>
  readonly wrong: readonly WrongField[]
}

const wrongOf: Readonly<Record<string, WrongField>> = {
  silentAfterHours: 'silent',
  collector: 'collector',
  mail: 'mail',
}

/** `addressesOnly`: the packet filter of the image knows no names. */
export function readReportingForm(form: URLSearchParams, addressesOnly: boolean): TypedReporting {
  const fields = Object.fromEntries([...form].map(([name, value]) => [name, value.trim()]))
  const read = reportingSchema.safeParse(settingsOf(fields))
  if (!read.success) {
    const names = read.error.issues.map(({ path }) => wrongOf[String(path[0])] ?? 'silent')
    return { reporting: undefined, fields, wrong: [...new Set(names)] }
  }
  const named = (['collector', 'mail'] as const).filter((one) => {
    const host = read.data[one]?.host
    return addressesOnly && host !== undefined && isIP(host) === 0
  })
  return { reporting: named.length === 0 ? read.data : undefined, fields, wrong: named }
}

function settingsOf(fields: Readonly<Record<string, string>>): unknown {
  const text = (name: string): string => fields[name] ?? ''
  const orNull = (name: string): string | null => (text(name) === '' ? null : text(name))
  const host = text('collectorHost')
  const relay = text('mailHost')
  return {
    v: 1,
    silentAfterHours: Number(text('silentAfterHours')),
    collector:
      host === ''
        ? null
        : {
            host,
            port: Number(text('collectorPort')),
            name: orNull('collectorName'),
            ca: text('collectorCa'),
          },
    mail:
      relay === ''
        ? null
        : {
            host: relay,
            port: Number(text('mailPort')),
            security: text('mailSecurity'),
            name: orNull('mailName'),
            ca: orNull('mailCa'),
            from: text('mailFrom'),
            to: text('mailTo')
              .split(/[\s,;，；]+/)
              .filter(Boolean),
            language: text('mailLanguage'),
          },
  }
}
