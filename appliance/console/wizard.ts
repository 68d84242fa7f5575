/** The set-up, step by step: each is asked, applied and written down before the next; `<` goes back, and what fails is asked again. */
import { hasBox, type Place } from './place.ts'
import { WentBack, type Dialogue } from './dialogue.ts'
import { failureWords } from './failure.ts'
import {
  before,
  nextStep,
  readSetUp,
  setUpSteps,
  writeSetUp,
  type SetUp,
  type SetUpStep,
  type Was,
} from './set_up.ts'
import { askLanguage } from './steps/language.ts'
import { askMode } from './steps/mode.ts'
import { askNames } from './steps/names.ts'
import { askNetwork } from './steps/network.ts'
import { askPeople } from './steps/people.ts'
import { askTime } from './steps/time.ts'
import { makeBox, type Answered } from './steps/ceremony.ts'
import type { RestoreParts } from './steps/restore.ts'

export interface WizardParts {
  readonly place: Place
  /** Gives the talk in the language that was chosen; some screens draw no Chinese. */
  readonly talk: (language: SetUp['language']) => Dialogue
  /** Told when the box is being made, and when that ended: nobody takes over meanwhile. */
  readonly onMaking?: (isMaking: boolean) => void
}

type Ask = (dialogue: Dialogue, place: Place, was: Was) => Promise<Partial<SetUp>>

const questions: Readonly<Record<Exclude<SetUpStep, 'ceremony'>, Ask>> = {
  language: askLanguage,
  network: askNetwork,
  time: askTime,
  mode: askMode,
  names: askNames,
  people: askPeople,
}

/** Goes on to the end. Rejects when the talk does (another console took over, the terminal is gone). */
export async function runWizard(parts: WizardParts): Promise<SetUp> {
  const { place, talk } = parts
  let setUp = readSetUp(place.setUp)
  const was: Was = { ...setUp }
  for (let step = nextStep(setUp); step !== undefined; step = nextStep(setUp)) {
    const dialogue = talk(setUp.language ?? was.language)
    dialogue.say('', heading(dialogue, step, isRestoring(step, setUp)))
    try {
      const answer = await answerTo(step, setUp, { ...parts, was })
      Object.assign(was, answer)
      setUp = { ...setUp, ...answer }
    } catch (error) {
      if (dialogue.isOver()) throw error
      if (!(error instanceof WentBack)) dialogue.say(failureWords(dialogue, error))
      // Of a backup that was refused the kind is asked again: it may be the wrong one.
      if (error instanceof WentBack || isRestoring(step, setUp)) setUp = before(setUp, step)
      // Whatever failed after it was made: no choice leads to another one.
      if (step === 'ceremony' && (await hasBox(place))) {
        setUp = { ...setUp, finishedAt: place.clock.now().toISOString() }
      }
    }
    await writeSetUp(place.setUp, setUp)
  }
  return setUp
}

async function answerTo(
  step: SetUpStep,
  setUp: SetUp,
  parts: WizardParts & { readonly was: Was },
): Promise<Partial<SetUp>> {
  const { place, talk, onMaking, was } = parts
  const dialogue = talk(setUp.language ?? was.language)
  if (step !== 'ceremony') return questions[step](dialogue, place, was)
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    onMaking?.(true)
    try {
      return await work()
    } finally {
      onMaking?.(false)
    }
  }
  // A restore waits for sticks of many people before it makes anything.
  const made = isRestoring(step, setUp)
    ? await restored(dialogue, { place, alone, zone: setUp.time?.zone ?? 'UTC' })
    : await alone(() => makeBox(dialogue, place, answered(setUp)))
  return { ...made, finishedAt: place.clock.now().toISOString() }
}

function isRestoring(step: SetUpStep, { mode }: SetUp): boolean {
  return step === 'ceremony' && mode === 'backup'
}

async function restored(dialogue: Dialogue, parts: RestoreParts): Promise<object> {
  // Loaded for this one time: the console is small for the rest of its life.
  const { restoreFromBackup } = await import('./steps/restore.ts')
  await restoreFromBackup(dialogue, parts)
  return {}
}

/** Each step before the last one has its answer: `nextStep` said so. */
function answered({ network, time, names, mode, people }: SetUp): Answered {
  if (!network || !time || !names || !mode || mode === 'backup') {
    throw new TypeError('the set-up lacks an answer')
  }
  return { network, time, names, mode, people }
}

function heading({ w }: Dialogue, step: SetUpStep, isRestore: boolean): string {
  const names: Readonly<Record<SetUpStep, string>> = {
    language: w('语言 Language', 'Language'),
    network: w('网络', 'Network'),
    time: w('时间', 'Time'),
    mode: w('种类', 'Kind'),
    names: w('名称', 'Names'),
    people: w('人员', 'People'),
    ceremony: isRestore ? w('恢复', 'Restoring the box') : w('建立', 'Making the box'),
  }
  const number = `${String(setUpSteps.indexOf(step) + 1)}/${String(setUpSteps.length)}`
  const back =
    step === 'language' ? '' : w('  （输入 < 返回上一步）', '  (type < to go back one step)')
  return `== ${number} ${names[step]} ==${back}`
}
