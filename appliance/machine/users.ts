/** The system users of the image by their fixed ids (ADR 34): the image's `passwd`, the units and root's one-shot agree on them. Pure. */

/** User and group have one id. `machine` is a group alone: who may ask for privileged acts. */
export const userIds = {
  sealbox: 700,
  'sealbox-keys': 701,
  'sealbox-console': 702,
  'sealbox-machine': 703,
} as const

/** Who may ask: the service, on behalf of people with certificates; the console, whoever stands before the machine. */
export type Asker = 'box' | 'console'

/** Who asks, by the owner of the request's file; root is the console's helpers. */
export const askers: ReadonlyMap<number, Asker> = new Map([
  [userIds.sealbox, 'box'],
  [userIds['sealbox-console'], 'console'],
  [0, 'console'],
])
