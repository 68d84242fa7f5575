/** A refusal as lines for a terminal: in both languages where its code has words, its details as `name: value`. */
import type { Message } from '../web/messages.ts'
import { ApplianceError } from './errors.ts'

/** What a room throws: a code, and details that are safe to show. */
export interface Refusal extends Error {
  readonly code: unknown
  readonly details: unknown
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'code' in error && 'details' in error
}

/** The first line says what is wrong, the others are its details. What others wrote is in it as they wrote it. */
export async function refusalLines(error: Refusal): Promise<string[]> {
  const { message, details } = error
  if (!(error instanceof ApplianceError)) {
    const words = await wordsOf(error.code, 499)
    const code = String(error.code)
    return [
      message,
      words === undefined ? `  ${code}` : `  ${words} (${code})`,
      ...linesOf(details),
    ]
  }
  if (error.code !== 'BOX_REFUSED') return [message, ...linesOf(details)]
  const { code, instance, ...rest } = error.details
  const words = await wordsOf(code, 599)
  const said = words === undefined ? message : `${words} (${String(code)})`
  // A problem document says its code in three ways (RFC 9457).
  const told = Object.entries(rest).filter(([name]) => name !== 'type' && name !== 'status')
  return [said, ...linesOf({ ...Object.fromEntries(told), reference: instance })]
}

/** Words of the pages' table; a status above `most` says what is true of the box alone. */
async function wordsOf(code: unknown, most: number): Promise<string | undefined> {
  // Loaded when something was refused.
  const table: Readonly<Record<string, Message>> = (await import('../web/messages.ts')).messages
  if (typeof code !== 'string' || !Object.hasOwn(table, code)) return undefined
  const found = table[code]
  return found === undefined || found.status > most ? undefined : `${found.zh} ${found.en}`
}

/** A person reads no more. */
const maxLines = 60
/** Our details are flat, or a list of flat findings. */
const maxDepth = 5

function linesOf(details: unknown): string[] {
  const lines = pairsOf('', details, 0).map(
    ([name, value]) => `  ${oneLine(name)}: ${oneLine(value)}`,
  )
  return lines.length > maxLines ? [...lines.slice(0, maxLines), '  …'] : lines
}

function pairsOf(name: string, value: unknown, depth: number): (readonly [string, string])[] {
  if (value === undefined) return []
  if (value instanceof Date) return [[name, value.toJSON()]]
  if (typeof value !== 'object' || value === null) return [[name, textOf(value)]]
  if (depth === maxDepth) return [[name, '…']]
  const isPlain = Array.isArray(value) && value.every((one) => typeof one !== 'object')
  if (isPlain) return [[name, value.map(textOf).join(', ')]]
  return Object.entries(value).flatMap(([key, one]) => {
    const own = Array.isArray(value) ? String(Number(key) + 1) : key
    return pairsOf(name === '' ? own : `${name}.${own}`, one, depth + 1)
  })
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

/** A line that somebody else wrote stays one line. */
function oneLine(text: string): string {
  return /[\n\r\t]/.test(text) ? JSON.stringify(text) : text
}
