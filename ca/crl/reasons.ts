/** Reasons of revocation (RFC 5280 5.3.1). `unspecified` is never encoded, `removeFromCRL` belongs to delta CRLs alone. */
export const revocationReasons = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const satisfies Record<string, number>

export type RevocationReason = keyof typeof revocationReasons

/** Whether `name` is a reason that this authority takes. */
export function isRevocationReason(name: string): name is RevocationReason {
  return Object.hasOwn(revocationReasons, name)
}
