/** Draws pages for the screen: a thread that is started when the first page is wanted, and started anew after a file has broken it. */
import { converse, type Conversation } from '../conversation.ts'
import type { DrawAnswer, DrawQuestion, Picture, Revision } from './messages.ts'

/** A page of a seldom dense scan takes a second. */
const maxDrawMs = 15_000

export type Drawn =
  | { readonly state: 'drawn'; readonly picture: Picture; readonly pages: number }
  | { readonly state: 'no-such-page'; readonly pages: number }
  | { readonly state: 'not-drawable' | 'too-long' }

export interface Drawer {
  /** Page from 0; one at a time, in the order asked. `key` names the revision. */
  draw(of: {
    readonly key: string
    readonly revision: Revision
    readonly page: number
    readonly widthPx: number
  }): Promise<Drawn>
}

export function createDrawer(of: {
  readonly start: () => Worker
  readonly wasm: () => Promise<Uint8Array<ArrayBuffer>>
}): Drawer {
  let thread: Promise<Conversation<DrawQuestion, DrawAnswer>> | undefined
  let last: Promise<unknown> = Promise.resolve()
  const started = async (): Promise<Conversation<DrawQuestion, DrawAnswer>> => {
    const wasm = (await of.wasm()).slice().buffer
    const made = converse<DrawQuestion, DrawAnswer>(of.start(), maxDrawMs)
    await made.ask({ ask: 'set-up', wasm })
    return made
  }
  const drawNow = async (question: DrawQuestion): Promise<Drawn> => {
    thread ??= started()
    const asked = await thread
    const answer = await asked.ask(question)
    if (asked.isOver) thread = undefined
    switch (answer.answer) {
      case 'drawn':
        return { state: 'drawn', picture: answer.picture, pages: answer.pages }
      case 'no-such-page':
        return { state: 'no-such-page', pages: answer.pages }
      case 'too-long':
        return { state: 'too-long' }
      default:
        return { state: 'not-drawable' }
    }
  }
  return {
    draw: (question) => {
      const drawn = last.then(() => drawNow({ ask: 'draw', ...question }))
      last = drawn.catch(() => undefined)
      return drawn
    },
  }
}
