/** Which states of a PDF are looked at: the file after each of its revisions. Pure. */
import { commonName, type Report } from '../../../exchange/verify/index.ts'

/** The file as it was once. */
export interface Step {
  /** Index in the report's revisions; undefined where those cannot be told. */
  readonly revision: number | undefined
  /** Its bytes are the file's up to here. */
  readonly end: number
  /** Who signed it, as their certificates say. */
  readonly signers: readonly string[]
  readonly isLast: boolean
}

/** Oldest first; the last one is the whole file. */
export function stepsOf(
  { revisions = [], signatures }: Pick<Report, 'revisions' | 'signatures'>,
  bytes: number,
): Step[] {
  const steps = revisions.map(({ index, end }): Step => {
    const closing = signatures.filter(({ revision }) => revision === index)
    return {
      revision: index,
      end,
      signers: closing.map(({ signer }) => commonName(signer)),
      isLast: end === bytes,
    }
  })
  // Whatever stands after the last revision that can be told is part of the file, too.
  return steps.at(-1)?.isLast === true
    ? steps
    : [...steps, { revision: undefined, end: bytes, signers: [], isLast: true }]
}

/** The step that shows a revision. */
export function stepFor(steps: readonly Step[], revision: number): number {
  const found = steps.findIndex((step) => step.revision === revision)
  return found < 0 ? steps.length - 1 : found
}
