/**
 * The console of a box: status on each of its terminals, and behind Enter the set-up, the passphrase, or a small menu. There is no shell
 * behind it: what is not asked here cannot be done here.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { createDialogue, WentBack, type Dialogue, type Language } from './dialogue.ts'
import { failureWords } from './failure.ts'
import { readFacts, type ConsoleFacts } from './facts.ts'
import type { Lines } from './lines.ts'
import { runMenu } from './menu.ts'
import { readSetUp } from './set_up.ts'
import type { Place } from './place.ts'
import { statusKey, statusLines } from './status.ts'
import { createTurn, TakenOver, type Turn } from './turn.ts'
import { unlock } from './unlocking.ts'
import { runWizard } from './wizard.ts'

export interface Terminal {
  readonly lines: Lines
  /** The kernel's screen has no Chinese letters; a serial line shows what the other end can draw. */
  readonly drawsChinese: boolean
}

interface Attended {
  readonly place: Place
  readonly terminal: Terminal
  readonly turn: Turn
}

/** Attends to all terminals until each is gone or `signal` aborts: a screen goes on without the serial line, and the other way round. */
export async function runConsole(
  place: Place,
  terminals: readonly Terminal[],
  signal: AbortSignal,
): Promise<void> {
  const turn = createTurn()
  const closeAll = (): void => {
    for (const { lines } of terminals) lines.close()
  }
  signal.addEventListener('abort', closeAll)
  const attending = terminals.map((terminal) =>
    attend({ place, terminal, turn }, signal).catch((error: unknown) => {
      if (!terminal.lines.isClosed()) throw error
    }),
  )
  await Promise.all(attending)
    .catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    .finally(closeAll)
}

async function attend(attended: Attended, signal: AbortSignal): Promise<void> {
  for (;;) {
    const facts = await waitForEnter(attended, signal)
    if (signal.aborted) return
    try {
      await answerEnter(attended, facts)
    } catch (error) {
      const { lines } = attended.terminal
      if (lines.isClosed()) throw error
      const dialogue = talkAt(attended, facts.language)
      if (error instanceof TakenOver) {
        dialogue.say(dialogue.w('另一个控制台接手了。', 'Another console took over.'))
      } else if (!(error instanceof WentBack)) {
        dialogue.say(failureWords(dialogue, error))
      }
    }
  }
}

/** How often the box is looked at. */
const lookEveryMs = 10_000

/** Shows the status, and again whenever it changed, until somebody presses Enter; gives it as it was last. */
async function waitForEnter(attended: Attended, signal: AbortSignal): Promise<ConsoleFacts> {
  const { place, terminal } = attended
  const pressed = new AbortController()
  let facts = await readFacts(place)
  const show = (): void => {
    const dialogue = talkAt(attended, facts.language)
    dialogue.say('', ...statusLines(dialogue, facts))
  }
  show()
  const watching = (async () => {
    for (;;) {
      await pause(lookEveryMs, undefined, { signal: pressed.signal })
      const now = await readFacts(place)
      if (pressed.signal.aborted) return
      const isNew = statusKey(now) !== statusKey(facts)
      facts = now
      if (isNew) show()
    }
  })().catch(() => undefined)
  try {
    await terminal.lines.read('', { signal, hidden: true })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    pressed.abort()
    await watching
  }
  return facts
}

async function answerEnter(attended: Attended, facts: ConsoleFacts): Promise<void> {
  const { place, turn } = attended
  const dialogue = talkAt(attended, facts.language)
  if (facts.box?.locked === true) {
    await unlock(dialogue, place)
    return
  }
  if (facts.box !== undefined) {
    await runMenu(dialogue, place)
    return
  }
  if (turn.isTaken && !(await wantsIt(dialogue))) return
  const taken = turn.take()
  if (taken === undefined) {
    dialogue.say(dialogue.w('另一个控制台正在建立本机。', 'The other console is making the box.'))
    return
  }
  try {
    await runWizard({
      place,
      talk: (language) => talkAt(attended, language, taken.signal),
      onMaking: (isMaking) => {
        turn.setMaking(isMaking)
      },
    })
    await waitForService(attended)
  } finally {
    taken.giveBack()
  }
}

/** After the box was made: until its service has it, so that the status that follows says so. */
async function waitForService(attended: Attended): Promise<void> {
  const { place } = attended
  const dialogue = talkAt(attended, readSetUp(place.setUp).language)
  dialogue.say(dialogue.w('正在启动……', 'Starting…'))
  for (let waited = 0; waited < startingMs; waited += tellEveryMs) {
    const { phase, restored } = (await place.state()) ?? {}
    // The passphrase of a box that came from a backup is typed next.
    if (phase === 'serving' || (phase === 'locked' && restored === true)) return
    await pause(tellEveryMs)
  }
}

/** On a slow machine; then the status says that it does not answer. */
const startingMs = 120_000
const tellEveryMs = 300

async function wantsIt({ w, choose }: Dialogue): Promise<boolean> {
  const answer = await choose(w('另一个控制台正在设置', 'The set-up goes on at another console'), [
    { key: 'no', words: w('让它继续', 'leave it there') },
    { key: 'yes', words: w('在这里接着设置', 'go on with it here') },
  ])
  return answer === 'yes'
}

/** Chinese until another language is chosen, where the screen can draw it. */
function talkAt({ terminal }: Attended, language: Language = 'zh', signal?: AbortSignal): Dialogue {
  return createDialogue({
    lines: terminal.lines,
    language: terminal.drawsChinese ? language : 'en',
    ...(signal && { signal }),
  })
}
