/**
 * `npm run bench [-- NAME …] [--texts FILE.jsonl[.gz]] [--queries FILE.jsonl]`: runs the named benches, all without a name, and prints
 * one JSON line a figure (design 6). Absolute values are this machine's; the ratios are what to compare. Not a test: decides nothing.
 */
import { parseArgs } from 'node:util'
import type { Figure } from './figure.ts'

export interface BenchArguments {
  readonly texts?: string
  readonly queries?: string
}

type Bench = (args: BenchArguments) => Promise<readonly Figure[]>

/** Each name is a module beside this one that exports a function of the same name. */
const names = [
  'commits',
  'issue',
  'tsa',
  'ocsp',
  'crl',
  'evidence',
  'pkits',
  'seals',
  'verify',
  'bundle',
  'layout',
  'search',
  'desk',
  'start',
  'backup',
  'boot',
] as const

async function load(name: string): Promise<Bench> {
  const module = (await import(new URL(`${name}.ts`, import.meta.url).href)) as Record<
    string,
    unknown
  >
  const bench = module[name]
  if (typeof bench !== 'function') throw new TypeError(`test/bench/${name}.ts exports no ${name}`)
  return bench as Bench
}

const { values, positionals } = parseArgs({
  options: { texts: { type: 'string' }, queries: { type: 'string' } },
  allowPositionals: true,
})
const unknown = positionals.filter((name) => !names.some((known) => known === name))
if (unknown.length > 0) {
  console.error(`no bench named ${unknown.join(', ')}; there are ${names.join(', ')}`)
  process.exit(64)
}
for (const name of positionals.length > 0 ? positionals : names) {
  const bench = await load(name)
  for (const line of await bench(values)) console.log(JSON.stringify(line))
}
