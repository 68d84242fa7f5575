/** Who takes part: units, their seats with duties, and the three kinds of administrators. Types and the table of duties. */
import type { Sha256 } from '../../ca/index.ts'

/** What a seat may do for its unit (design 5). */
export const duties = ['draft', 'check', 'approve', 'seal', 'sign-for', 'file'] as const
export type Duty = (typeof duties)[number]

/** The two seats every unit begins with. */
export const firstSeats = {
  clerk: ['draft', 'check', 'seal', 'sign-for', 'file'],
  leader: ['check', 'approve'],
} as const satisfies Record<string, readonly Duty[]>
export type FirstSeat = keyof typeof firstSeats

export const roles = ['officer', 'auditor', 'administrator'] as const
export type Role = (typeof roles)[number]

/** An organ, identified by its unified social credit code for life; name and 代字 may change. */
export type Unit = {
  readonly uscc: string
  readonly unitCode: string
  readonly name: string
  readonly shortName: string
  readonly agencyCode: string
  readonly series: readonly string[]
  readonly active: boolean
}

/** A person's post in a unit. */
export type Seat = {
  readonly unit: string
  readonly seat: string
  readonly duties: readonly Duty[]
  readonly active: boolean
}

/** Identifiers of people: they stand in names of certificates and files, and no credit code looks like one. */
export const personIdPattern = /^[a-z][a-z0-9-]{0,39}$/

/** One of the three administrators; never two at once. */
export type Person = { readonly id: string; readonly role: Role; readonly active: boolean }

/** Who is asking, as the certificate of this very request says. */
export type Principal =
  | {
      readonly kind: 'seat'
      readonly holder: string
      readonly certificate: Sha256
      readonly unit: string
      readonly seat: string
      readonly duties: readonly Duty[]
    }
  | {
      readonly kind: 'person'
      readonly holder: string
      readonly certificate: Sha256
      readonly id: string
      readonly role: Role
    }

/** What a certificate stands for: the string that the certificate authority keeps with it. */
export const holders = {
  unit: (uscc: string) => `unit:${uscc}`,
  seat: (uscc: string, seat: string) => `seat:${uscc}/${seat}`,
  person: (id: string) => `person:${id}`,
} as const
