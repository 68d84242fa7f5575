/** What one line of the box's health is. Types only. */
import type { Check } from '../pages/check_table.ts'
import type { View } from '../view.ts'
import type { BoxCertificateName, Health } from './types.ts'

/** Each matter that is looked after, by a name that stays. */
export type HealthCode =
  | 'journal'
  | 'files'
  | 'disk'
  | 'search'
  | 'memory'
  | 'clock'
  | 'crl'
  | `certificate-${BoxCertificateName}`
  | 'evidence'
  | 'backup'
  | 'virus'
  | 'scrub'
  | 'queues'
  | 'volume'
  | 'presence'
  | 'collector'
  | 'mail'
  | 'silent'
  /** Of a box that stands still alone. */
  | 'views'
  | 'keys'

export interface HealthCheck extends Check {
  readonly code: HealthCode
}

/** What of a view words are made with. */
export type Words = Pick<View, 'w' | 'now' | 'time' | 'day' | 'exact'>

/** A line, or nothing where the box has no such thing. */
export type Judge = (view: Words, health: Health) => HealthCheck | undefined
