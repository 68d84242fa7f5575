/**
 * One question at a time to a thread: each is answered, or the thread is ended because it broke, took too long, or was called off. A thread that
 * was ended is not asked again.
 */

export type Ended = 'broken' | 'too-long' | 'called-off'

export interface Conversation<Question, Answer> {
  ask(question: Question): Promise<Answer | { readonly answer: Ended }>
  /** Ends the thread; whoever waits hears `called-off`. */
  end(): void
  readonly isOver: boolean
}

/** Talks with a thread that was just started; `maxMs` bounds each answer. */
export function converse<Question, Answer>(
  thread: Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>,
  maxMs: number,
): Conversation<Question, Answer> {
  let waiting: ((answer: Answer | { readonly answer: Ended }) => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let over: Ended | undefined
  const settle = (answer: Answer | { readonly answer: Ended }): void => {
    clearTimeout(timer)
    const told = waiting
    waiting = undefined
    told?.(answer)
  }
  const end = (why: Ended): void => {
    if (over !== undefined) return
    over = why
    thread.terminate()
    settle({ answer: why })
  }
  thread.addEventListener('message', (event) => {
    settle((event as MessageEvent<Answer>).data)
  })
  for (const kind of ['error', 'messageerror'] as const) {
    thread.addEventListener(kind, (event) => {
      event.preventDefault()
      end('broken')
    })
  }
  return {
    ask: (question) =>
      new Promise((resolve) => {
        if (over !== undefined) {
          resolve({ answer: over })
          return
        }
        waiting = resolve
        timer = setTimeout(() => {
          end('too-long')
        }, maxMs)
        thread.postMessage(question)
      }),
    end: () => {
      end('called-off')
    },
    get isOver() {
      return over !== undefined
    },
  }
}
