/** Who stands behind the holders that certificates and journal entries name, in the reader's words. */
import type { Directory } from '../../exchange/index.ts'
import type { View } from '../view.ts'
import { postName } from './shell.ts'

/** The name of a holder such as `seat:CODE/clerk`, `unit:CODE`, `person:ID`, `box` or `anonymous:ADDRESS`. */
export type HolderNames = (holder: string) => string

/** Reads the units that these holders belong to; others are shown by their code. */
export async function holderNames(
  { directory, view }: { readonly directory: Directory; readonly view: View },
  holders: Iterable<string>,
): Promise<HolderNames> {
  const codes = [...new Set([...holders].map(unitIn))].filter((code) => code !== '')
  const units = await Promise.all(codes.map((code) => directory.unit(code)))
  const names = new Map(codes.map((code, at) => [code, units[at]?.shortName ?? code]))
  return (holder) => holderWords(view, holder, names)
}

/** The unit's code in a holder; empty if it belongs to none. */
export function unitIn(holder: string): string {
  return /^(?:seat|unit):([0-9A-Z]{18})(?:\/|$)/.exec(holder)?.[1] ?? ''
}

function holderWords(view: View, holder: string, names: ReadonlyMap<string, string>): string {
  const { w } = view
  const [kind = ''] = holder.split(':')
  const rest = holder.slice(kind.length + 1)
  const unit = names.get(unitIn(holder))
  if (holder === 'box') return w('本机', 'the box')
  if (kind === 'person') return rest
  if (kind === 'anonymous') return w(`未持证者 ${rest}`, `no certificate, ${rest}`)
  if (unit === undefined) return holder
  if (kind === 'unit') return unit
  return `${unit} ${postName(view, rest.slice(rest.indexOf('/') + 1))}`
}
