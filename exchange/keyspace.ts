/** Keys of this room's views, in one table. Indexes are padded so that key order is arrival order. */

const order = (index: number): string => String(index).padStart(12, '0')

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
  copy: (id: string, uscc: string) => `x/copy/${id}/${uscc}`,
  copies: (id: string) => `x/copy/${id}/`,
  inbox: (uscc: string, index: number) => `x/inbox/${uscc}/${order(index)}`,
  inboxes: (uscc: string) => `x/inbox/${uscc}/`,
  outbox: (uscc: string, index: number) => `x/outbox/${uscc}/${order(index)}`,
  outboxes: (uscc: string) => `x/outbox/${uscc}/`,
  task: (uscc: string, id: string, task: string) => `x/task/${uscc}/${id}/${task}`,
  tasks: (uscc: string) => `x/task/${uscc}/`,
  series: (uscc: string, series: string, year: number) =>
    `x/series/${uscc}/${series}/${String(year)}`,
  register: (uscc: string, { series, year, number }: RegisterPlace) =>
    `x/register/${uscc}/${series}/${String(year)}/${order(number)}`,
  registers: (uscc: string) => `x/register/${uscc}/`,
  idempotency: (holder: string, key: string) => `x/once/${holder}/${key}`,
} as const
