/**
 * What lies on the verifier's desk: files, roots, the moment, and what became of each file. Any change of them judges everything anew, so that all reports
 * have the same roots and the same moment. Views watch it.
 */
import {
  companionNames,
  groupsOf,
  isDispatchName,
  type FileGroup,
} from '../../exchange/verify/index.ts'
import type { Words } from '../one_file/language.ts'
import { maxFiles, withFiles, type GivenName } from './files.ts'
import { isSegment, type JudgedBy, type NamedFile } from './judge/messages.ts'
import { lastPart } from './shown.ts'
import { startRun, type Outcome, type Run } from './judge/run.ts'
import {
  judgedBy,
  maxRootFileBytes,
  mayHoldRoots,
  noTrust,
  withRootFile,
  type Trust,
} from './trust/state.ts'
import { files as words } from './words/common.ts'

/** A file to be judged, what stands beside it, and what became of it. */
export interface Item {
  readonly group: FileGroup
  readonly outcome: Outcome
}

export interface DeskState {
  readonly files: ReadonlyMap<string, File>
  readonly attachments: ReadonlyMap<string, File>
  readonly trust: Trust
  /** Chosen by the person; undefined: now. */
  readonly chosen: Date | undefined
  /** The moment of the run whose reports these are. */
  readonly at: Date
  readonly items: readonly Item[]
  /** Name of the file that is looked at. */
  readonly selected: string | undefined
  readonly running: boolean
  readonly notice: Words | undefined
}

export interface Desk {
  readonly state: () => DeskState
  /** Calls `listener` after changes, several of them together. */
  readonly watch: (listener: () => void) => void
  readonly add: (given: readonly GivenName[]) => Promise<void>
  readonly addAttachments: (given: readonly GivenName[]) => void
  readonly trust: (trust: Trust) => void
  readonly choose: (at: Date | undefined) => void
  readonly select: (name: string) => void
  readonly stop: () => void
  readonly again: () => void
  readonly clear: () => void
}

/** Several outcomes are shown together: a run of thousands must not keep the page busy with itself. */
const showAfterMs = 200

export function createDesk(of: { readonly start: () => Worker; readonly now: () => Date }): Desk {
  let state: DeskState = emptyDesk(of.now())
  let run: Run | undefined
  const { watch, tell } = createListeners()
  const change = (to: Partial<DeskState>): void => {
    state = { ...state, ...to }
    tell()
  }
  const judgeAll = (): void => {
    run?.callOff()
    const groups = groupsWithJournal([...state.files.keys()])
    const at = state.chosen ?? of.now()
    const items: Item[] = groups.map((group) => ({ group, outcome: { state: 'waiting' } }))
    const stays = groups.some(([name]) => name === state.selected)
    change({
      at,
      items,
      running: groups.length > 0,
      selected: stays ? state.selected : groups[0]?.[0],
    })
    if (groups.length === 0) return
    const mine = startRun({
      by: { ...judgedBy(state.trust), at, ...besides(state) },
      groups,
      fileOf: (name) => state.files.get(name) ?? new File([], name),
      start: of.start,
      tell: (index, outcome) => {
        if (run !== mine) return
        const [item] = items.slice(index, index + 1)
        if (item === undefined) return
        items[index] = { ...item, outcome }
        change({ items: [...items] })
      },
    })
    run = mine
    void mine.done.then(() => {
      if (run === mine) change({ running: false })
    })
  }
  return {
    state: () => state,
    watch,
    add: async (given) => {
      const { trust, rest, notice } = await sortRoots(state.trust, given.slice(0, maxFiles))
      const files = withFiles(state.files, rest)
      const tooMany = given.length > maxFiles || state.files.size + rest.length > maxFiles
      change({ trust, files, notice: tooMany ? words.tooMany(maxFiles) : notice })
      judgeAll()
    },
    addAttachments: (given) => {
      change({ attachments: withFiles(state.attachments, given) })
      judgeAll()
    },
    trust: (trust) => {
      change({ trust })
      judgeAll()
    },
    choose: (chosen) => {
      change({ chosen })
      judgeAll()
    },
    select: (selected) => {
      change({ selected })
    },
    stop: () => {
      run?.callOff()
    },
    again: judgeAll,
    clear: () => {
      run?.callOff()
      run = undefined
      // The roots stay: they were compared, and the next files are of the same district.
      const { trust, chosen } = state
      change({ ...emptyDesk(of.now()), trust, chosen })
    },
  }
}

/** Tells all who watch, some while after the first change and once for all that came in between. */
function createListeners(): { readonly watch: Desk['watch']; readonly tell: () => void } {
  const listeners = new Set<() => void>()
  let due: ReturnType<typeof setTimeout> | undefined
  return {
    watch: (listener) => void listeners.add(listener),
    tell: () => {
      due ??= setTimeout(() => {
        due = undefined
        for (const listener of listeners) listener()
      }, showAfterMs)
    },
  }
}

const emptyDesk = (at: Date): DeskState => ({
  files: new Map(),
  attachments: new Map(),
  trust: noTrust,
  chosen: undefined,
  at,
  items: [],
  selected: undefined,
  running: false,
  notice: undefined,
})

/** Segments of a journal in one group before all others, as the command line prints what it found of heads first. */
function groupsWithJournal(names: readonly string[]): FileGroup[] {
  const [first, ...rest] = segmentsOf(names)
  const others = groupsOf(names.filter((name) => !isSegment(name)))
  return first === undefined ? others : [[first, ...rest], ...others]
}

/** By the segments' own names: their order in the journal. */
const segmentsOf = (names: readonly string[]): string[] =>
  names.filter(isSegment).toSorted((a, b) => (lastPart(a) < lastPart(b) ? -1 : 1))

/** What may hold a head, or the certificate of who signed one. */
const mayHoldHead = (name: string): boolean => /\.(?:json|p7s|ers|txt|pem|asice)$/.test(name)

/** Statements of compromise speak to all files, as `--statements` does, dispatch statements to receipts; a journal as `--heads` does. */
function besides({
  files,
  attachments,
}: DeskState): Pick<JudgedBy, 'statements' | 'dispatches' | 'attachments' | 'journal'> {
  const named = (all: ReadonlyMap<string, File>): NamedFile[] =>
    [...all].map(([name, file]) => ({ name, file }))
  const all = named(files)
  const segments = segmentsOf([...files.keys()]).flatMap((name) =>
    all.filter((one) => one.name === name),
  )
  return {
    ...(segments.length > 0 && {
      journal: { segments, heldIn: all.filter(({ name }) => mayHoldHead(name)) },
    }),
    statements: all.filter(({ name }) => name.endsWith('.compromise.json')),
    dispatches: all.filter(({ name }) => isDispatchName(name)),
    attachments: named(attachments),
  }
}

/** Takes roots out of what was dropped: they are compared, not judged. */
async function sortRoots(
  known: Trust,
  given: readonly GivenName[],
): Promise<{
  readonly trust: Trust
  readonly rest: readonly GivenName[]
  readonly notice?: Words
}> {
  let trust = known
  const rest: GivenName[] = []
  const companions = new Set(given.flatMap(({ name }) => companionNames(name)))
  for (const one of given) {
    const may = mayHoldRoots(one.name) && one.file.size <= maxRootFileBytes
    const more = may && !companions.has(one.name) ? await withRootsOf(trust, one.file) : undefined
    if (more === undefined) rest.push(one)
    else trust = more
  }
  return { trust, rest, ...(given.length === 0 && { notice: words.nothing }) }
}

async function withRootsOf(trust: Trust, file: File): Promise<Trust | undefined> {
  try {
    return withRootFile(trust, new Uint8Array(await file.arrayBuffer()))
  } catch {
    // It cannot be read: the thread that judges will say so.
    return undefined
  }
}
