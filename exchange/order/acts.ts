/**
 * The grave acts that two officers order together (design 5), as their statement names them: one row an act, with its parameters.
 * What they do is wired in `appliance`. Pure, isomorphic.
 */
import * as z from 'zod'
import type { Sha256 } from '../../ca/path/index.ts'

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Sha256)
const moment = z.iso.datetime({ precision: 3 })

/** An order that nobody countersigned within this time is void. */
export const maxOrderDays = 7
/** What a statement may name as known: the stamps of some weeks of a busy district, the certificates of some years. */
export const maxKnown = 20_000

/** A machine whose battery is empty begins at 1970 or 2000; beyond a century there are times that cannot be written. */
const maxCorrectionMs = 100 * 366 * 86_400_000

/** Keys of the box that are rolled over while it runs. */
export const rolledServices = ['timestamping', 'ocsp', 'tls', 'journal'] as const

/**
 * Something that the key signed and the journal knows: a time-stamp token, or a certificate. A serial number alone would not do: who
 * has the key can give it out again.
 */
const known = z.strictObject({
  /** Hexadecimal octets of the positive number, without a sign octet. */
  serial: z.string().regex(/^(?:[0-9a-f]{2}){1,20}$/),
  /** SHA-256 of the token or certificate, DER. */
  hash: sha256,
})
export type Known = z.infer<typeof known>

/** Series of the largest district that may have drawn numbers since a backup, each in two years. */
export const maxRestoredNumbers = 10_000
/** The last one of a series and year: five digits, as a draft's number has at most. */
export const maxNumber = 99_999
/** A number that a unit is known to have drawn: what a restore's order can name. */
export const restoredNumberSchema = z.strictObject({
  unit: z.string().max(40),
  series: z.string().max(100),
  year: z.int(),
  number: z.int().min(1).max(maxNumber),
})
/** A TLS certificate with more is no certificate of one box. */
export const maxHostNames = 20

/** A DNS name or an IPv4 address. */
const namePattern =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/
const hostName = z.union([z.string().max(253).regex(namePattern), z.ipv6()])

/** Whether what stands in certificates as an address leads anywhere; URLs alone have hosts such as `..` and `-`. */
function isPkiUrl(text: string): boolean {
  const [, six, name = ''] = /^http:\/\/(?:\[(.+)\]|([^:]+))(?::\d{1,5})?$/.exec(text) ?? []
  const isHost = six === undefined ? namePattern.test(name) : z.ipv6().safeParse(six).success
  return isHost && URL.canParse(text)
}

export const orderSchemas = {
  /** Revokes a certificate of the box itself: of an authority, or of a service. */
  'revoke-service': z.strictObject({
    act: z.literal('revoke-service'),
    certificate: sha256,
    reason: z.string().min(1).max(40),
    /** Since when the key is believed to be in other hands (RFC 5280 5.3.2). */
    invalidityDate: moment.nullable(),
  }),
  /**
   * Ends a clock hold: the time is that of the machine, so many milliseconds later. Both clocks as they were when this was decided: if
   * they do not agree with each other any more when the second officer signs, the machine's was set in between.
   */
  'confirm-time': z.strictObject({
    act: z.literal('confirm-time'),
    offsetMs: z.int().min(-maxCorrectionMs).max(maxCorrectionMs),
    /** What the machine's clock showed. */
    machine: moment,
    /** What the box gave as the time, by its monotonic clock. */
    box: moment,
  }),
  /** A new key and certificate for a service of the box. */
  'roll-over-service': z.strictObject({
    act: z.literal('roll-over-service'),
    role: z.enum(rolledServices),
  }),
  /** Another host name or address: a new TLS certificate, and another address in what is issued from then on. */
  rehost: z.strictObject({
    act: z.literal('rehost'),
    /** All names of the TLS certificate, the box's own first. */
    hostNames: z.array(hostName).min(1).max(maxHostNames),
    /** Where certificates say that lists and status are found: plain HTTP, no path. */
    pkiUrl: z
      .string()
      .max(300)
      .refine(isPkiUrl, 'no address of a host, plain HTTP, with a port perhaps'),
  }),
  /** States that a key is compromised since a moment (`docs/formats/compromise.md`). */
  'state-compromise': z.strictObject({
    act: z.literal('state-compromise'),
    certificate: sha256,
    from: moment,
    /** When the key stopped to be used by its owner; null where it was until now. */
    to: moment.nullable(),
    /** Of a time-stamping key the tokens, of an authority's the certificates that stay trusted; null for any other key. */
    serials: z.array(known).max(maxKnown).nullable(),
  }),
  /** Installs a new version of the image (`docs/formats/upgrade.md`); the box tries it at its next start, which follows at once. */
  'install-upgrade': z.strictObject({
    act: z.literal('install-upgrade'),
    version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/),
    /** SHA-256 of the bundle's signed manifest, which names every octet of it by its hash. */
    manifest: sha256,
  }),
  /** Takes a box that was restored from a backup into work again: the journal goes on from the backup's head. */
  'restore-backup': z.strictObject({
    act: z.literal('restore-backup'),
    /** Name of the backup, SHA-256 of its age header. */
    backup: sha256,
    /** Where the journal goes on: its size, and RFC 6962 root in base64. */
    size: z.int().min(0),
    root: z.base64().length(44),
    /** How many later entries are known to be lost; null where nobody is known to have seen any. */
    lost: z.int().min(1).nullable(),
    /**
     * Last numbers that are known to be drawn, above which each series goes on: how many there are, and the SHA-256 of their canonical
     * JSON. The list itself is for officers and auditors; this statement every unit gets, and no unit reads of another's numbers.
     */
    numbers: z.strictObject({ count: z.int().min(0).max(maxRestoredNumbers), sha256 }),
  }),
} as const

export type OrderAct = keyof typeof orderSchemas
export type OrderOf<A extends OrderAct> = z.infer<(typeof orderSchemas)[A]>
/** What is ordered. */
export type Order = { [A in OrderAct]: OrderOf<A> }[OrderAct]

export const orderSchema = z.discriminatedUnion('act', [
  orderSchemas['revoke-service'],
  orderSchemas['confirm-time'],
  orderSchemas['roll-over-service'],
  orderSchemas.rehost,
  orderSchemas['state-compromise'],
  orderSchemas['install-upgrade'],
  orderSchemas['restore-backup'],
])
