/** What `sealbox verify` says, its shape by the contract, and places in a sealed PDF to be changed. */
import { basename } from 'node:path'
import type { ExecutionContext } from 'ava'
import { verifyFile, type Report } from '../../exchange/verify/index.ts'
import { signaturesOf, signerOfCms } from '../exchange/seal/tools.ts'
import type { Made } from './demos.ts'
import { bytesOf, coveredRanges, flipped } from './evidence.ts'
import { run, sealbox } from './places.ts'

/** `sealbox verify --json` of these files: status and reports. */
export async function verify(
  files: readonly string[],
  root: string,
): Promise<{ status: number | null; reports: Report[]; stderr: string }> {
  const { status, stdout, stderr } = await run(sealbox, [
    'verify',
    ...files,
    '--trust',
    root,
    '--json',
  ])
  const lines = stdout.split('\n').filter((line) => line !== '')
  return { status, stderr, reports: lines.map((line) => JSON.parse(line) as Report) }
}

/** Exactly the contract's fields (design 6); those marked ? there may be missing. */
export function checkShape(t: ExecutionContext, report: Report): void {
  const keys = (value: object, ...optional: string[]): string[] =>
    Object.keys(value)
      .filter((key) => !optional.includes(key))
      .sort()
  const top = ['at', 'conformance', 'file', 'findings', 'seal', 'signatures', 'verdict']
  t.deepEqual(keys(report, 'subIndication', 'validUntil', 'revisions', 'renewals', 'bundle'), top)
  t.deepEqual(keys(report.seal), ['verdict'])
  const finding = ['code', 'message', 'severity']
  for (const one of report.findings) t.deepEqual(keys(one), finding)
  for (const signature of report.signatures) {
    const { timestamps, findings } = signature
    t.deepEqual(
      keys(signature, 'subIndication', 'revision', 'docMdp', 'fieldMdp', 'provenBy', 'time'),
      [
        'chain',
        'changesAfter',
        'claimedTime',
        'coversWholeRevision',
        'field',
        'findings',
        'integrity',
        'level',
        'signer',
        'timestamps',
        'verdict',
      ],
    )
    for (const one of timestamps) t.deepEqual(keys(one), ['kind', 'time'])
    for (const one of findings) t.deepEqual(keys(one), finding)
  }
}

/** A byte of a content stream, of the seal's signature value, and of its /ByteRange. */
export function namedPlaces(pdf: Uint8Array): { at: number; to?: number }[] {
  const text = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length)
  const [seal] = signaturesOf(pdf)
  const { signature } = signerOfCms(seal?.cms ?? new Uint8Array())
  const { contentsAt } = coveredRanges(pdf)
  const inCms = Buffer.from(seal?.cms ?? []).indexOf(signature) + (signature.length >> 1)
  const digit = (at: number): { at: number; to: number } => ({
    at,
    to: text[at] === 0x31 ? 0x32 : 0x31,
  })
  return [
    { at: text.indexOf('stream\n') + 'stream\n'.length },
    digit(contentsAt + 1 + 2 * inCms),
    digit(text.indexOf('[', text.indexOf('/ByteRange')) + 4),
  ]
}

/** A place drawn evenly from ranges. */
export function placeIn(
  ranges: readonly (readonly [number, number])[],
  draw: (below: number) => number,
): number {
  let at = draw(ranges.reduce((sum, [from, to]) => sum + to - from, 0))
  for (const [from, to] of ranges) {
    if (at < to - from) return from + at
    at -= to - from
  }
  throw new RangeError('drawn beyond the ranges')
}

/** The report of a PDF with one byte changed; its file name says where. */
export async function judgeFlip(demo: Made, pdf: string, at: number): Promise<Report> {
  return verifyFile({
    name: `${basename(pdf)} at ${String(at)}`,
    bytes: flipped(await bytesOf(pdf), at),
    trust: [demo.root],
    at: new Date(),
  })
}
