/**
 * The end of an act in the browser. Once the box has answered, the signer tells the desk's pages, and each loads itself anew: a test that
 * goes somewhere meanwhile is called back, one that reads sees the page of before. So every act of a test ends here.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { signInPage } from '../web/signer/browser.ts'
import type { Person } from './person.ts'

/** A busy machine takes long to load a page. */
const maxWaitMs = 90_000

/** Presses the vermilion button, waits for its mark, and goes back to the desk as it is after the act. */
export async function signAndReturn(person: Person, signer: Page): Promise<string> {
  const mark = await signInPage(signer)
  await returnToDesk(person, signer)
  return mark
}

/** Puts the desk in front, where no news loads it anew, and waits until it has heard all that the signer told and has loaded. */
export async function returnToDesk({ page }: Person, signer: Page): Promise<void> {
  await page.bringToFront()
  const until = Date.now() + maxWaitMs
  while (Date.now() < until) {
    // What one page tells comes in the order told: who hears this has heard of the act.
    await signer.evaluate(() => {
      const channel = new BroadcastChannel('sealbox')
      channel.postMessage({ kind: 'asked' })
      channel.close()
    })
    if (await hasHeard(page)) return
    await pause(50)
  }
  throw new Error(`the desk has not settled: ${page.url()}`)
}

/** Whether the page that stands there has loaded, is not about to load anew, and has heard a question of `returnToDesk`. */
async function hasHeard(page: Page): Promise<boolean> {
  try {
    return await page.evaluate(() => {
      const { dataset, ariaBusy } = document.body
      if (dataset['asked'] === undefined) {
        dataset['asked'] = 'listening'
        new BroadcastChannel('sealbox').addEventListener('message', ({ data }) => {
          if ((data as { kind?: string }).kind === 'asked') dataset['asked'] = 'heard'
        })
      }
      const isThere = document.readyState === 'complete' && ariaBusy !== 'true'
      return isThere && dataset['asked'] === 'heard'
    })
  } catch (error) {
    // The page went away under the question.
    if (error instanceof Error && /context was destroyed|navigat/i.test(error.message)) return false
    throw error
  }
}
