/** What became of a file, as colour, sign and words. Pure. */
import { verdictWords, type Report } from '../../exchange/verify/index.ts'
import type { Words } from '../one_file/language.ts'
import type { Outcome } from './judge/run.ts'
import type { MarkKind } from './place.ts'
import { files, outcomes } from './words/common.ts'

export const markOfVerdict = {
  'TOTAL-PASSED': 'ok',
  'TOTAL-FAILED': 'bad',
  INDETERMINATE: 'open',
} as const satisfies Record<Report['verdict'], MarkKind>

export function markOfOutcome(outcome: Outcome): MarkKind {
  if (outcome.state === 'judged') return markOfVerdict[outcome.report.verdict]
  return outcome.state === 'waiting' || outcome.state === 'judging' ? 'none' : 'open'
}

/** In a word or two, for lists. */
export function wordsOfOutcome(outcome: Outcome): Words {
  switch (outcome.state) {
    case 'judged':
      return verdictWords[outcome.report.verdict]
    case 'waiting':
      return files.waiting
    case 'judging':
      return files.now
    default:
      return outcomes[outcome.state]
  }
}
