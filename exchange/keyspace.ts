/** Keys of this room's views, in one table. Indexes are padded so that key order is arrival order. */

const order = (index: number): string => String(index).padStart(12, '0')

/** After every deadline. */
const never = '9999-12-31T23:59:59.999Z'

interface RegisterPlace {
  readonly series: string
  readonly year: number
  readonly number: number
}

export const keys = {
  unit: (uscc: string) => `x/unit/${uscc}`,
  units: 'x/unit/',
  seat: (uscc: string, seat: string) => `x/seat/${uscc}/${seat}`,
  seats: (uscc: string) => `x/seat/${uscc}/`,
  person: (id: string) => `x/person/${id}`,
  persons: 'x/person/',
  document: (id: string) => `x/document/${id}`,
  documents: 'x/document/',
  /** An entry about a document, by its index. */
  about: (id: string, index: number) => `x/about/${id}/${order(index)}`,
  abouts: (id: string) => `x/about/${id}/`,
  copy: (id: string, uscc: string) => `x/copy/${id}/${uscc}`,
  copies: (id: string) => `x/copy/${id}/`,
  inbox: (uscc: string, index: number) => `x/inbox/${uscc}/${order(index)}`,
  inboxes: (uscc: string) => `x/inbox/${uscc}/`,
  outbox: (uscc: string, index: number) => `x/outbox/${uscc}/${order(index)}`,
  outboxes: (uscc: string) => `x/outbox/${uscc}/`,
  task: (uscc: string, id: string, task: string) => `x/task/${uscc}/${id}/${task}`,
  tasks: (uscc: string) => `x/task/${uscc}/`,
  /** Last written by the last entry that changed anything the unit sees of its documents. */
  desk: (uscc: string) => `x/desk/${uscc}`,
  /** Documents the unit issues that are not dispatched yet, with since when they are at their stage. */
  making: (uscc: string, id: string) => `x/making/${uscc}/${id}`,
  makings: (uscc: string) => `x/making/${uscc}/`,
  /** Dispatched documents of the unit that somebody has yet to answer, the earliest deadline first. */
  awaiting: (uscc: string, deadline: string | null, id: string) =>
    `x/awaiting/${uscc}/${deadline ?? never}/${id}`,
  awaitings: (uscc: string) => `x/awaiting/${uscc}/`,
  progress: (id: string) => `x/progress/${id}`,
  series: (uscc: string, series: string, year: number) =>
    `x/series/${uscc}/${series}/${String(year)}`,
  register: (uscc: string, { series, year, number }: RegisterPlace) =>
    `x/register/${uscc}/${series}/${String(year)}/${order(number)}`,
  registers: (uscc: string) => `x/register/${uscc}/`,
  /** There once the officer's order of this hash was carried out. */
  order: (statement: string) => `x/order/${statement}`,
  /** What a certificate's key signed, by the time and index of the entry. */
  signedBy: (certificate: string, time: string, index: number) =>
    `x/signed-by/${certificate}/${time}/${order(index)}`,
  signedByAll: (certificate: string) => `x/signed-by/${certificate}/`,
  /** An order of two officers, by the hash of its statement. */
  graveOrder: (statement: string) => `x/grave-order/${statement}`,
  graveOrders: 'x/grave-order/',
  /** A statement of compromise, by the hash of its order. */
  compromise: (statement: string) => `x/compromise/${statement}`,
  compromises: 'x/compromise/',
  /** Where an object of the archive's evidence came in, by `nameOf` it. */
  evidenceObject: (name: string) => `x/evidence/object/${name}`,
  /** A timestamp over the objects of the entries before `to`. */
  evidenceStamp: (to: number) => `x/evidence/stamp/${order(to)}`,
  evidenceStamps: 'x/evidence/stamp/',
  /** A timestamp that renews others, by the index of its entry. */
  evidenceRenewal: (index: number) => `x/evidence/renewal/${order(index)}`,
  evidenceRenewals: 'x/evidence/renewal/',
  /** How far the archive is covered. */
  evidenceState: 'x/evidence/state',
  /** Entries that were signed while time-stamping was down. */
  evidenceUnstamped: (index: number) => `x/evidence/unstamped/${order(index)}`,
  evidenceUnstampeds: 'x/evidence/unstamped/',
  idempotency: (holder: string, key: string) => `x/once/${holder}/${key}`,
} as const
