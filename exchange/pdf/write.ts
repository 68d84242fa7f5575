/** Writes PDF syntax (ISO 32000-1 7.3): names, numbers, strings, dates, rectangles, references. Text in, text out; one character a byte. */
import { toHex } from '../../ca/path/index.ts'

/** A name with its slash; what is not regular and printable becomes `#xx`. */
export function nameText(name: string): string {
  return `/${name.replace(/[^!-~]|[#()<>[\]{}/%]/g, (char) => `#${byteHex(char.charCodeAt(0))}`)}`
}

const byteHex = (code: number): string => (code & 255).toString(16).padStart(2, '0')

/** A number without exponent, at most four decimals. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('not a number for a PDF')
  const rounded = Math.round(value * 10_000) / 10_000
  return Number.isInteger(rounded) ? String(rounded) : rounded.toFixed(4).replace(/0+$/, '')
}

/** A rectangle or other array of numbers. */
export function numbersText(values: readonly number[]): string {
  return `[${values.map(numberText).join(' ')}]`
}

/** A byte string in hexadecimal. */
export function hexText(bytes: Uint8Array): string {
  return `<${toHex(bytes)}>`
}

/** A text string as UTF-16BE with its mark, in hexadecimal (7.9.2.2). */
export function textText(text: string): string {
  let hex = 'feff'
  for (let at = 0; at < text.length; at++) hex += text.charCodeAt(at).toString(16).padStart(4, '0')
  return `<${hex}>`
}

/** A date in UTC (7.9.4). */
export function dateText(at: Date): string {
  return `(D:${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}+00'00')`
}

/** A reference to an object of generation 0. */
export function referenceText(number: number): string {
  return `${String(number)} 0 R`
}
