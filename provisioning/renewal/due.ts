/** When a certificate is to be renewed: warnings 60, 30 and 7 days before its end. Pure, isomorphic. */

/** Days before the end from which it is said, the last ones most urgently. */
export const warningDays = [60, 30, 7] as const

/** Which warning stands at a time: the smallest number of days that it is not further from its end than, or that it ended. */
export type RenewalDue = (typeof warningDays)[number] | 'ended' | undefined

const dayMs = 86_400_000

export function renewalDue(notAfter: Date, at: Date): RenewalDue {
  const left = notAfter.getTime() - at.getTime()
  if (left < 0) return 'ended'
  return warningDays.findLast((days) => left <= days * dayMs)
}
