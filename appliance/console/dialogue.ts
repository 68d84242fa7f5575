/**
 * A talk with the person at a console: questions that are asked again until the answer can be used, in the language that was chosen.
 * `<` at any question goes back by one step.
 */
import { visible } from '../visible.ts'
import type { Lines } from './lines.ts'

export type Language = 'zh' | 'en'

/** Thrown by a question that was answered with `<`; the wizard goes to the step before. */
export class WentBack extends Error {}

/** Why an answer cannot be used, in the language of the talk; undefined if it can. */
export type Check = (typed: string) => string | undefined

export interface Dialogue {
  readonly language: Language
  /** The words of its language. */
  readonly w: (zh: string, en: string) => string
  readonly say: (...lines: readonly string[]) => void
  /** A line, trimmed; `or` where nothing was typed. */
  readonly ask: (
    question: string,
    more?: { readonly or?: string; readonly check?: Check },
  ) => Promise<string>
  /** A secret, typed twice and not shown. */
  readonly askSecret: (question: string, check?: Check) => Promise<string>
  /** A secret that is known already, typed once. */
  readonly askKnownSecret: (question: string) => Promise<string>
  /** One of a numbered list. */
  readonly choose: <K extends string>(
    question: string,
    choices: readonly Choice<K>[],
    or?: K,
  ) => Promise<K>
  /** Waits for Enter. */
  readonly pause: (words: string) => Promise<void>
  /** Whether it was ended from outside. */
  readonly isOver: () => boolean
  /** Empties the screen, what was scrolled away as well. */
  readonly clear: () => void
}

export interface Choice<K extends string> {
  readonly key: K
  readonly words: string
}

/** Longer names are no names. */
const maxAnswerCharacters = 300
/** What no answer may hold: controls, unassigned, private use, and the mark of a broken UTF-8 sequence. */
const unusable = /[\p{C}\p{Zl}\p{Zp}\u{FFFD}]/u

export function createDialogue(of: {
  readonly lines: Lines
  readonly language: Language
  /** Ends the talk: its question rejects with the reason. */
  readonly signal?: AbortSignal
}): Dialogue {
  const { lines, language, signal } = of
  const w = (zh: string, en: string): string => (language === 'zh' ? zh : en)
  const say = (...all: readonly string[]): void => {
    lines.print(all.map((line) => `${visible(line)}\n`).join(''))
  }
  const read = async (question: string, hidden: boolean): Promise<string> => {
    const typed = await lines.read(`${visible(question)}${w('：', ': ')}`, {
      hidden,
      ...(signal && { signal }),
    })
    if (typed.trim() === '<') throw new WentBack()
    return typed.trim()
  }
  const faultOf = (typed: string, check?: Check): string | undefined => {
    if (Array.from(typed).length > maxAnswerCharacters) return w('太长了。', 'That is too long.')
    if (unusable.test(typed)) {
      return w(
        '有看不见的字符，请重新输入。',
        'There are characters that nobody sees; type it again.',
      )
    }
    return check?.(typed)
  }
  const dialogue: Dialogue = {
    ...{ language, w, say },
    async ask(question, { or, check } = {}) {
      for (;;) {
        const line = await read(
          or === undefined || or === '' ? question : `${question} [${or}]`,
          false,
        )
        const typed = decoded(line)
        const answer = typed === '' && or !== undefined ? or : typed
        const fault =
          answer === '' && or === undefined
            ? w('请输入。', 'Type something.')
            : faultOf(answer, check)
        if (fault === undefined) return answer
        say(fault)
      }
    },
    async askSecret(question, check) {
      for (;;) {
        const once = await read(question, true)
        const fault = faultOf(once, check)
        if (fault !== undefined) say(fault)
        else if (once === (await read(w('再输一遍', 'once more'), true))) return once
        else say(w('两次不一样，请重来。', 'They differ; once more from the beginning.'))
      }
    },
    askKnownSecret: (question) => read(question, true),
    async choose(question, choices, or) {
      const at = choices.findIndex(({ key }) => key === or)
      say(question, ...choices.map(({ words }, index) => `  ${String(index + 1)}  ${words}`))
      const range = `1-${String(choices.length)}`
      for (;;) {
        const typed = await dialogue.ask(range, at < 0 ? {} : { or: String(at + 1) })
        const chosen = /^\d{1,2}$/.test(typed) ? choices[Number(typed) - 1] : undefined
        if (chosen !== undefined) return chosen.key
        say(w(`请输入 ${range}。`, `Type ${range}.`))
      }
    },
    async pause(words) {
      await read(words, false)
    },
    isOver: () => signal?.aborted === true || lines.isClosed(),
    clear() {
      // ECMA-48 8.3.39 ED, and xterm's ED 3, which the kernel's console knows too.
      lines.print('\u001b[H\u001b[2J\u001b[3J')
    },
  }
  return dialogue
}

/** `\u5c71` is 山: a keyboard without Chinese input can still type a district's name by its code points (docs/manual/02). */
function decoded(line: string): string {
  return line.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
