/** What the tables of errors are made of. */

/** What a person is told of an error, with its HTTP status. */
export interface Message {
  readonly status: number
  readonly zh: string
  readonly en: string
}

/** A row of the table of errors. */
export const message = (status: number, zh: string, en: string): Message => ({ status, zh, en })
/** What is our fault and says nothing to a person but that. */
export const ours = message(
  500,
  '系统出错，未作任何改动。请把编号告诉管理员。',
  'Something failed here; nothing was changed. Tell the administrator the reference.',
)
