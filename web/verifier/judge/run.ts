/**
 * A run: all files by the same roots at the same moment, one after the other, in a thread that may break without the page or the other files
 * suffering from it.
 */
import type { FileGroup } from '../../../exchange/verify/index.ts'
import { converse, type Conversation, type Ended } from '../conversation.ts'
import type { FileFacts, JudgeAnswer, JudgedBy, JudgeQuestion, NamedFile } from './messages.ts'
import type { Report } from '../../../exchange/verify/index.ts'

/** What became of one file. */
export type Outcome =
  | { readonly state: 'waiting' }
  | { readonly state: 'judging' }
  | { readonly state: 'judged'; readonly report: Report; readonly facts: FileFacts }
  | { readonly state: 'unreadable' | 'broken' | 'too-long' | 'called-off' }

/** A hundred seals over a hundred megabytes take half a minute on an old machine. */
const maxJudgeMs = 5 * 60_000

export interface Run {
  /** Files that were judged, or given up. */
  readonly done: Promise<void>
  /** Leaves the rest as `called-off`. */
  callOff(): void
}

/** Judges all groups in their order; `tell` hears of each change. */
export function startRun(of: {
  readonly by: JudgedBy
  readonly groups: readonly FileGroup[]
  readonly fileOf: (name: string) => File
  readonly start: () => Worker
  readonly tell: (index: number, outcome: Outcome) => void
}): Run {
  const { by, groups, fileOf, start, tell } = of
  let calledOff = false
  let thread: Conversation<JudgeQuestion, JudgeAnswer> | undefined
  const judge = async (group: FileGroup): Promise<Outcome> => {
    if (thread === undefined || thread.isOver) {
      thread = converse(start(), maxJudgeMs)
      await thread.ask({ ask: 'set-up', by })
    }
    const named = group.map((name): NamedFile => ({ name, file: fileOf(name) }))
    return outcomeOf(await thread.ask({ ask: 'judge', group: named }))
  }
  const all = async (): Promise<void> => {
    for (const [index, group] of groups.entries()) {
      if (!calledOff) tell(index, { state: 'judging' })
      tell(index, calledOff ? { state: 'called-off' } : await judge(group))
    }
    thread?.end()
  }
  return {
    // Whoever started it knows its name before it hears of the first file.
    done: Promise.resolve().then(all),
    callOff: () => {
      calledOff = true
      thread?.end()
    },
  }
}

function outcomeOf(answer: JudgeAnswer | { readonly answer: Ended }): Outcome {
  switch (answer.answer) {
    case 'judged':
      return { state: 'judged', report: answer.report, facts: answer.facts }
    case 'ready':
      return { state: 'broken' }
    default:
      return { state: answer.answer }
  }
}
