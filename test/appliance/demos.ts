/** The demos that its tests look at, each run once: with texts of our own, and with the shared ones where they are. */
import { X509Certificate } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Trust } from './evidence.ts'
import { full, newFolder, run, sealbox, sharedFiles } from './places.ts'

export interface Demo {
  readonly name: 'own texts' | 'shared texts'
  readonly units: number
  readonly documents: number
  /** Undefined where the files it needs are not on this machine. */
  readonly args: readonly string[] | undefined
  readonly texts: string | undefined
}

/** A demo that ran, and what it left. */
export interface Made extends Demo {
  /** A folder of its own for the tests; `out` is in it. */
  readonly folder: string
  readonly out: string
  readonly pdfs: readonly string[]
  readonly receipts: readonly string[]
  readonly trust: Trust
  /** DER. */
  readonly root: Uint8Array
  /** Wall clock. */
  readonly seconds: number
}

const { roster, texts } = sharedFiles
/** Of our own texts always 5 units and 8 documents; of the shared ones 6 and 10, in full 91 and 200. */
export const demos: readonly Demo[] = [
  { name: 'own texts', units: 5, documents: 8, args: [], texts: undefined },
  {
    name: 'shared texts',
    units: full ? 91 : 6,
    documents: full ? 200 : 10,
    args: roster && texts ? ['--roster', roster, '--texts', texts] : undefined,
    texts,
  },
]

/** Runs a demo; throws unless it ends well. */
export async function makeDemo(demo: Demo): Promise<Made> {
  const { units, documents, args = [] } = demo
  const folder = await newFolder()
  const out = join(folder, 'demo')
  const counts = ['--units', String(units), '--documents', String(documents)]
  const began = Date.now()
  const { status, stderr } = await run(sealbox, ['demo', '--out', out, ...counts, ...args])
  if (status !== 0) throw new Error(`the demo ended with ${String(status)}: ${stderr}`)
  const root = join(out, 'root.pem')
  return {
    ...demo,
    folder,
    out,
    pdfs: await listed(join(out, 'sealed'), '.pdf'),
    receipts: await listed(join(out, 'receipts'), '.receipt.json'),
    trust: { root, issuing: join(out, 'journal', 'issuing.pem') },
    root: new Uint8Array(new X509Certificate(await readFile(root)).raw),
    seconds: (Date.now() - began) / 1000,
  }
}

async function listed(folder: string, end: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(end))
  return names.sort().map((name) => join(folder, name))
}
