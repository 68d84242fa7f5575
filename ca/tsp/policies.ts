/** The policies that tokens are issued under (RFC 3161 2.4.1 reqPolicy): what each promises. */
import { oids } from '../oids.ts'

export interface TimeStampPolicy {
  /** Object identifier. */
  readonly policy: string
  /** Accepted only while the clock is known as exactly; undefined promises no more than the token says. */
  readonly maxAccuracySeconds?: number
}

/** The first one is meant where a request names none. */
export const timeStampPolicies: readonly TimeStampPolicy[] = [
  { policy: oids.timeStampPolicy },
  { policy: oids.timeStampPolicyExact, maxAccuracySeconds: 1 },
]

/** The policy to issue under, or undefined where the one that was asked for is not accepted now. */
export function acceptedPolicy(
  asked: string | undefined,
  accuracySeconds: number,
  policies: readonly TimeStampPolicy[] = timeStampPolicies,
): string | undefined {
  if (asked === undefined) return policies[0]?.policy
  const found = policies.find(({ policy }) => policy === asked)
  return found && accuracySeconds <= (found.maxAccuracySeconds ?? Infinity)
    ? found.policy
    : undefined
}
