/** The port of alarms and of those who are told: what stands, what was, to whom it goes. */
import * as z from 'zod'
import type { Actor } from '../../ca/index.ts'
import type { ReportedWords } from './report.ts'

/** A name or an address; what is typed here ends up in a resolver and a certificate's check. */
const host = z.string().regex(/^(?=.{1,253}$)[0-9A-Za-z]([0-9A-Za-z.:-]*[0-9A-Za-z])?$/)
const port = z.int().min(1).max(65_535)
const email = z.email().max(254)
/** Certificates in PEM, by which the other side is judged; a chain has three or four. */
const pem = z
  .string()
  .max(32 * 1024)
  .regex(/^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/)

export const reportingSchema = z.strictObject({
  v: z.literal(1),
  /** Hours in which the district works until a unit that is not heard of counts as silent. */
  silentAfterHours: z.int().min(2).max(400),
  /** RFC 5425: syslog over TLS. */
  collector: z
    .strictObject({
      host,
      port,
      /** The name in its certificate, where it is called by an address. */
      name: host.nullable(),
      /** By whom its certificate must be issued. */
      ca: pem,
    })
    .nullable(),
  mail: z
    .strictObject({
      host,
      port,
      /** `tls` from the first octet, `starttls` or nothing else; `none` on a line that nobody else is on. */
      security: z.enum(['none', 'starttls', 'tls']),
      name: host.nullable(),
      ca: pem.nullable(),
      from: email,
      to: z.array(email).min(1).max(10),
      language: z.enum(['zh', 'en']),
    })
    .refine(({ security, ca }) => security === 'none' || ca !== null)
    .nullable(),
})

/** Who is told of alarms, and when a unit counts as silent. Plain data. */
export type Reporting = z.infer<typeof reportingSchema>

export const noReporting: Reporting = {
  v: 1,
  silentAfterHours: 16,
  collector: null,
  mail: null,
}

/** A matter that is not as it should be, until it is again. Plain data. */
export interface Alarm {
  readonly code: string
  readonly state: 'warn' | 'bad'
  /** RFC 3339. */
  readonly since: string
  /** When somebody was told last. */
  readonly toldAt: string
  readonly zh: ReportedWords
  readonly en: ReportedWords
}

export interface PastAlarm extends Alarm {
  readonly until: string
}

/** What became of a trial: nothing is configured, it went out, or the error's code. */
export type Tried = 'none' | 'sent' | { readonly error: string }

export interface AlarmDesk {
  /** In the image, whose packet filter knows no names. */
  readonly addressesOnly: boolean
  /** Those that stand, the worst first, and those that ended, the newest first. */
  read(): Promise<{ readonly open: readonly Alarm[]; readonly past: readonly PastAlarm[] }>
  reporting(): Promise<Reporting>
  /** Keeps it, by an entry of the journal; it holds at once. */
  configure(actor: Actor, reporting: Reporting): Promise<void>
  /** Sends a word of trial to the collector and by mail. */
  try(): Promise<{ readonly collector: Tried; readonly mail: Tried }>
}
